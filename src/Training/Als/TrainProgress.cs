namespace Buddies.Training.Als;

/// <summary>How far a training has come.</summary>
/// <param name="Epoch">The epoch under way, from 1; one more than <paramref name="Epochs"/> in the last solve of the listeners.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="RowsDone">Rows solved so far, both sides.</param>
/// <param name="RowsInAll">Rows to be solved in all.</param>
/// <param name="RowsPerSecond">The rate so far.</param>
/// <param name="TimeLeft">By the rate so far; null before there is one.</param>
/// <param name="Objective">The objective after the last whole epoch; null before the first.</param>
public readonly record struct TrainProgress(
    int Epoch,
    int Epochs,
    long RowsDone,
    long RowsInAll,
    double RowsPerSecond,
    TimeSpan? TimeLeft,
    double? Objective);
