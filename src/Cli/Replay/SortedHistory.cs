namespace Buddies.Cli.Replay;

/// <summary>Puts a history of any length into the order of its times; events of one time stay in the order in which they came.</summary>
/// <remarks>Sorted runs go to temporary files and are merged as they are read, so memory holds one run, however long the history.</remarks>
/// <param name="runLength">Events in a run.</param>
internal sealed class SortedHistory(int runLength = 500_000) : IDisposable
{
    private readonly List<HistoryItem> _items = [];
    private readonly List<FileStream> _runs = [];

    /// <summary>Events added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next event of the source.</summary>
    public void Add(HistoryItem item)
    {
        _items.Add(item);
        Count++;
        if (_items.Count == runLength)
        {
            Spill();
        }
    }

    /// <summary>Everything that was added, in the order of time. To be read once, when all is added.</summary>
    public IEnumerable<HistoryItem> Read()
    {
        var last = InOrder();
        if (_runs.Count == 0)
        {
            return last;
        }

        _runs.ForEach(run => run.Position = 0);
        return Merge([.. _runs.Select(ReadRun), last]);
    }

    public void Dispose() => _runs.ForEach(run => run.Dispose());

    // OrderBy is stable.
    private List<HistoryItem> InOrder() => [.. _items.OrderBy(item => item.AtMs)];

    private void Spill()
    {
        var run = new FileStream(
            Path.Combine(Path.GetTempPath(), $"buddies-replay-{Guid.NewGuid():n}"),
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose, BufferSize = 1 << 18 });
        _runs.Add(run);
        using var writer = new BinaryWriter(run, System.Text.Encoding.UTF8, leaveOpen: true);
        foreach (var item in InOrder())
        {
            writer.Write(item.AtMs);
            writer.Write(item.Line.Length);
            writer.Write(item.Line);
        }

        _items.Clear();
    }

    private static IEnumerable<HistoryItem> ReadRun(FileStream run)
    {
        using var reader = new BinaryReader(run, System.Text.Encoding.UTF8, leaveOpen: true);
        while (run.Position < run.Length)
        {
            var at = reader.ReadInt64();
            yield return new HistoryItem(at, reader.ReadBytes(reader.ReadInt32()));
        }
    }

    /// <summary>Of equal times the one of the earlier run comes first: it was added first.</summary>
    private static IEnumerable<HistoryItem> Merge(IReadOnlyList<IEnumerable<HistoryItem>> runs)
    {
        var heads = new PriorityQueue<IEnumerator<HistoryItem>, (long AtMs, int Run)>();
        for (var i = 0; i < runs.Count; i++)
        {
            Enter(runs[i].GetEnumerator(), i);
        }

        while (heads.TryDequeue(out var run, out var key))
        {
            yield return run.Current;
            Enter(run, key.Run);
        }

        void Enter(IEnumerator<HistoryItem> run, int number)
        {
            if (run.MoveNext())
            {
                heads.Enqueue(run, (run.Current.AtMs, number));
            }
            else
            {
                run.Dispose();
            }
        }
    }
}
