using Buddies.Training.Facts;

namespace Buddies.Training.Als;

/// <summary>
/// One training by implicit ALS, step by step: X and Y, wherever they are kept. <see cref="ImplicitAlsTrainer"/> decides on
/// the order, the epochs and what is kept of them.
/// </summary>
public interface IAlsSteps : IDisposable
{
    /// <summary>Solves every row of X against Y.</summary>
    /// <param name="onRowsSolved">Told how many rows were solved, from any thread.</param>
    void SolveRows(Action<int> onRowsSolved);

    /// <summary>Solves every track of Y against X.</summary>
    /// <param name="onRowsSolved">Told how many tracks were solved, from any thread.</param>
    void SolveTracks(Action<int> onRowsSolved);

    /// <summary>The objective of X and Y as they stand.</summary>
    double MeasureObjective();

    /// <summary>Y, row-major, [tracks × d]; valid until the next solve, and not to be changed.</summary>
    float[] ReadTracks();

    /// <summary>Solves other rows over the same tracks against Y; X is lost.</summary>
    /// <param name="rows">[rows × tracks], no more of them than X has.</param>
    /// <param name="onRowsSolved">Told how many rows were solved, from any thread.</param>
    /// <returns>Row-major, [rows × d].</returns>
    float[] SolveOthers(SparseRows rows, Action<int> onRowsSolved);
}
