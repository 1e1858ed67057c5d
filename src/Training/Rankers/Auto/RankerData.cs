using Buddies.Training.Facts;
using Buddies.Training.Rankers.Neighbours;

namespace Buddies.Training.Rankers.Auto;

/// <summary>Facts in the shapes that rankers are made of, with what several of them share.</summary>
internal sealed class RankerData
{
    private (double Exponent, Cooccurrence Counts)? _counted;

    public RankerData(SparseRows rows)
    {
        Rows = rows;
        Columns = rows.Transpose();
        TrackDegrees = Degrees.OfRows(Columns);
    }

    /// <summary>[listeners × tracks].</summary>
    public SparseRows Rows { get; }

    /// <summary>The same, transposed.</summary>
    public SparseRows Columns { get; }

    /// <summary>Listeners of each track.</summary>
    public float[] TrackDegrees { get; }

    /// <summary>The co-occurrence with γ; the last one is kept, for it is large and asked for again.</summary>
    public Cooccurrence Count(double listenerExponent, RankerRun run)
    {
        if (_counted is { } counted && counted.Exponent == listenerExponent)
        {
            return counted.Counts;
        }

        _counted = null;
        var counts = Cooccurrence.Count(Rows, Columns, listenerExponent, run);
        _counted = (listenerExponent, counts);
        return counts;
    }
}
