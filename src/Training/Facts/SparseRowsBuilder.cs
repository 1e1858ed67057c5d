namespace Buddies.Training.Facts;

/// <summary>Collects entries row after row.</summary>
/// <param name="columnCount">Columns of the matrix.</param>
internal sealed class SparseRowsBuilder(int columnCount)
{
    private readonly List<int> _offsets = [0];
    private readonly List<int> _columns = [];
    private readonly List<float> _confidences = [];
    private readonly List<float> _preferences = [];

    /// <summary>Entries in the row that is open.</summary>
    public int OpenCount => _columns.Count - _offsets[^1];

    public void Add(int column, float confidence, float preference)
    {
        _columns.Add(column);
        _confidences.Add(confidence);
        _preferences.Add(preference);
    }

    public void EndRow() => _offsets.Add(_columns.Count);

    /// <summary>Takes the entries of the open row back.</summary>
    public void DropRow()
    {
        var from = _offsets[^1];
        var count = OpenCount;
        _columns.RemoveRange(from, count);
        _confidences.RemoveRange(from, count);
        _preferences.RemoveRange(from, count);
    }

    public SparseRows Build() => new(columnCount, [.. _offsets], [.. _columns], [.. _confidences], [.. _preferences]);
}
