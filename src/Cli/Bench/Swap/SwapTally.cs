using Buddies.Cli.Simulate;

namespace Buddies.Cli.Bench.Swap;

/// <summary>Counts what the load meets. Safe for concurrent use.</summary>
internal sealed class SwapTally
{
    private const int MostProblems = 20;

    private readonly Lock _lock = new();
    private readonly List<string> _problems = [];
    private long _responses;
    private long _failed;
    private long _mixed;
    private long _backwards;
    private long _missing;
    private long _checked;
    private long _events;
    private volatile bool _isSwapping;
    private volatile bool _isFirst;
    private volatile bool _isMeasuring;

    public Quantiles Quiet { get; } = new();

    public Quantiles Swapping { get; } = new();

    /// <summary>Reads beside the first swaps of the process.</summary>
    public Quantiles First { get; } = new();

    /// <summary>Whether reads count as those beside a swap.</summary>
    public bool IsSwapping
    {
        get => _isSwapping;
        set => _isSwapping = value;
    }

    /// <summary>Whether they are those beside the first swaps.</summary>
    public bool IsFirst
    {
        get => _isFirst;
        set => _isFirst = value;
    }

    /// <summary>Whether reads are measured: not while caches are cold.</summary>
    public bool IsMeasuring
    {
        get => _isMeasuring;
        set => _isMeasuring = value;
    }

    public long Responses => Volatile.Read(ref _responses);

    public long Failed => Volatile.Read(ref _failed);

    public long Mixed => Volatile.Read(ref _mixed);

    public long Backwards => Volatile.Read(ref _backwards);

    public long Missing => Volatile.Read(ref _missing);

    public long Checked => Volatile.Read(ref _checked);

    public long Events => Volatile.Read(ref _events);

    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_lock)
            {
                return [.. _problems];
            }
        }
    }

    public void OnRead(double milliseconds)
    {
        OnResponse();
        if (_isMeasuring)
        {
            (_isFirst ? First : _isSwapping ? Swapping : Quiet).Add(milliseconds);
        }
    }

    public void OnResponse() => Interlocked.Increment(ref _responses);

    public void OnEvents(int count) => Interlocked.Add(ref _events, count);

    public void OnChecked(int numbers) => Interlocked.Add(ref _checked, numbers);

    public void OnFailed(string what) => Note(ref _failed, what);

    public void OnMixed(string what) => Note(ref _mixed, what);

    public void OnBackwards(string what) => Note(ref _backwards, what);

    public void OnMissing(string what) => Note(ref _missing, what);

    private void Note(ref long counter, string what)
    {
        Interlocked.Increment(ref counter);
        lock (_lock)
        {
            if (_problems.Count < MostProblems)
            {
                _problems.Add(what);
            }
        }
    }
}
