using Buddies.Engine.Taste;
using Buddies.Training.Facts;

namespace Buddies.Training.Als;

/// <summary>The steps of implicit ALS on the processors, by the engine's <see cref="FoldIn"/>.</summary>
/// <remarks>The same rows, options and start give the same bits on any number of threads of one kind of processor.</remarks>
internal sealed class ProcessorSteps : IAlsSteps
{
    private const int BlockRows = 64;
    private readonly SparseRows _rows;
    private readonly SparseRows _columns;
    private readonly float[] _x;
    private readonly float[] _y;
    private readonly AlsOptions _options;
    private readonly ParallelOptions _parallel;
    private double[] _gramX = [];
    private double[] _gramY;

    public ProcessorSteps(SparseRows rows, SparseRows columns, float[] tracks, AlsOptions options, CancellationToken cancellationToken)
    {
        (_rows, _columns, _y, _options) = (rows, columns, tracks, options);
        _parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Threads == 0 ? Environment.ProcessorCount : options.Threads,
            CancellationToken = cancellationToken,
        };
        _x = new float[checked(rows.RowCount * options.Dimension)];
        _gramY = GramOf(_y);
    }

    public void SolveRows(Action<int> onRowsSolved)
    {
        Solve(_rows, _y, _gramY, _x, onRowsSolved);
        _gramX = GramOf(_x);
    }

    public void SolveTracks(Action<int> onRowsSolved)
    {
        Solve(_columns, _x, _gramX, _y, onRowsSolved);
        _gramY = GramOf(_y);
    }

    public double MeasureObjective() => AlsObjective.Compute(_rows, _columns, _x, _y, _gramX, _gramY, _options, _parallel);

    public float[] ReadTracks() => _y;

    public float[] SolveOthers(SparseRows rows, Action<int> onRowsSolved)
    {
        Solve(rows, _y, _gramY, _x, onRowsSolved);
        return _x[..(rows.RowCount * _options.Dimension)];
    }

    public void Dispose()
    {
        // Arrays alone.
    }

    private double[] GramOf(float[] factors) => BlockGram.Compute(factors, _options.Dimension, _options.UnobservedWeight, _parallel);

    private void Solve(SparseRows rows, float[] fixedFactors, double[] scaledGram, float[] solved, Action<int> onRowsSolved)
    {
        var d = _options.Dimension;
        Parallel.For(
            0,
            (rows.RowCount + BlockRows - 1) / BlockRows,
            _parallel,
            () => new FoldInSystem(d),
            (block, _, system) =>
            {
                var end = Math.Min(rows.RowCount, (block + 1) * BlockRows);
                for (var row = block * BlockRows; row < end; row++)
                {
                    var range = rows.RangeOf(row);
                    FoldIn.Solve(
                        system,
                        scaledGram,
                        fixedFactors,
                        rows.Columns.AsSpan(range),
                        rows.Confidences.AsSpan(range),
                        rows.Preferences.AsSpan(range),
                        _options.FoldIn,
                        solved.AsSpan(row * d, d));
                }

                onRowsSolved(end - (block * BlockRows));
                return system;
            },
            _ => { });
    }
}
