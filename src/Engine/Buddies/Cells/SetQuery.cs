namespace Buddies.Engine.Buddies.Cells;

/// <summary>A listener's search for a whole new set, as far as it has come.</summary>
internal sealed class SetQuery(int capacity, int paddedDimension)
{
    public int User { get; private set; }

    /// <summary>The listener's own code, [paddedDimension].</summary>
    public sbyte[] Code { get; } = new sbyte[paddedDimension];

    public int Sum { get; private set; }

    public float Scale { get; private set; }

    /// <summary>No estimate is further from the truth than this.</summary>
    public float Error { get; private set; }

    /// <summary>What an estimate must reach to matter.</summary>
    public float Line { get; set; }

    /// <summary>The best estimates so far, a heap with the worst of them first.</summary>
    public int[] TopUsers { get; } = new int[capacity];

    public float[] TopEstimates { get; } = new float[capacity];

    public int TopCount { get; set; }

    /// <summary>Everybody whose estimate reached the line of its time.</summary>
    public List<(float Estimate, int User)> Estimates { get; } = [];

    public void Start(int user, ReadOnlySpan<float> vector, float rowError)
    {
        User = user;
        Sum = RowCode.Encode(vector, Code, out var scale, out var error);
        Scale = scale;
        Error = error + rowError;
        Line = float.NegativeInfinity;
        TopCount = 0;
        Estimates.Clear();
    }
}
