namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Runs of 64-byte lines. A run that comes back is handed out again for the same length and nothing is ever unmapped, so
/// a reader that is late reads something old or foreign, never nothing. Safe for concurrent use.
/// </summary>
internal sealed unsafe class Arena : IDisposable
{
    /// <summary>Bytes of a line.</summary>
    public const int Line = 64;

    private const int ChunkLines = 4 * NativePages.Size / Line;
    private const int LargestKept = 4096;

    private readonly Lock _gate = new();
    private readonly List<(nint Start, long Bytes)> _chunks = [];
    private readonly nint[] _free = new nint[LargestKept + 1];
    private readonly Dictionary<int, Stack<nint>> _freeLarge = [];
    private readonly Stack<nint> _spare = new();
    private byte* _next;
    private int _left;
    private long _lines;

    ~Arena() => Release();

    /// <summary>Bytes taken from the system.</summary>
    public long Bytes => Volatile.Read(ref _lines) * Line;

    /// <summary>Bytes that runs have been cut from; the rest was reserved and not needed yet.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_gate)
            {
                return (_lines - ((long)_spare.Count * ChunkLines)) * Line;
            }
        }
    }

    /// <summary>
    /// Takes memory from the system ahead of need. Fresh pages take the system milliseconds to clear, and whoever
    /// rents meanwhile waits: a caller with time to spare does it here, while nobody does.
    /// </summary>
    /// <param name="bytes">How many; 0 or less for none.</param>
    /// <param name="pause">Called after each chunk of 8 MB, and may rest; null for nobody.</param>
    public void Reserve(long bytes, Action? pause)
    {
        for (; bytes > 0; bytes -= (long)ChunkLines * Line)
        {
            var chunk = (nint)NativePages.Allocate((long)ChunkLines * Line);
            lock (_gate)
            {
                _chunks.Add((chunk, (long)ChunkLines * Line));
                _spare.Push(chunk);
                _lines += ChunkLines;
            }

            pause?.Invoke();
        }
    }

    public byte* Rent(int lines)
    {
        lock (_gate)
        {
            if (lines <= LargestKept && _free[lines] != 0)
            {
                var run = (byte*)_free[lines];
                _free[lines] = *(nint*)run;
                return run;
            }

            if (lines > LargestKept && _freeLarge.TryGetValue(lines, out var runs) && runs.TryPop(out var large))
            {
                return (byte*)large;
            }

            if (lines > _left)
            {
                GiveRest();
                if (lines <= ChunkLines && _spare.TryPop(out var spare))
                {
                    _next = (byte*)spare;
                    _left = ChunkLines;
                }
                else
                {
                    var chunk = Math.Max(ChunkLines, (lines + 32767) / 32768 * 32768);
                    _next = NativePages.Allocate((long)chunk * Line);
                    _chunks.Add(((nint)_next, (long)chunk * Line));
                    _left = chunk;
                    _lines += chunk;
                }
            }

            var taken = _next;
            _next += (long)lines * Line;
            _left -= lines;
            return taken;
        }
    }

    public void Return(byte* run, int lines)
    {
        lock (_gate)
        {
            Keep(run, lines);
        }
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Keep(byte* run, int lines)
    {
        if (lines <= LargestKept)
        {
            *(nint*)run = _free[lines];
            _free[lines] = (nint)run;
            return;
        }

        if (!_freeLarge.TryGetValue(lines, out var runs))
        {
            _freeLarge[lines] = runs = new Stack<nint>();
        }

        runs.Push((nint)run);
    }

    private void GiveRest()
    {
        if (_left is > 0 and <= LargestKept)
        {
            Keep(_next, _left);
        }
    }

    private void Release()
    {
        foreach (var (start, bytes) in _chunks)
        {
            NativePages.Free((byte*)start, bytes);
        }

        _chunks.Clear();
    }
}
