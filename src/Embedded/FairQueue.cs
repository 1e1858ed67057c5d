using System.Threading.Channels;

namespace Buddies.Embedded;

/// <summary>
/// Requests in a line for each producer. Lines take turns, and each turn is worth so many events, so that whoever sends
/// much waits for itself and not for others (deficit round robin: Shreedhar, Varghese 1995). Safe for concurrent use;
/// one reader.
/// </summary>
/// <param name="mostEvents">
/// Events that may be in line or under way. Beyond them a producer that has any itself is sent away; one that has none may
/// still put one request in line, until there are twice as many.
/// </param>
/// <param name="turnEvents">What a turn is worth.</param>
/// <remarks>A line lives only while something of its producer is under way, so there are never more of them than requests.</remarks>
internal sealed class FairQueue(int mostEvents, int turnEvents)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly Queue<Line> _turns = new();
    private readonly Queue<IngestRequest> _work = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private long _events;
    private bool _isComplete;

    /// <summary>What became of a request.</summary>
    public enum Admission
    {
        /// <summary>It is in line.</summary>
        Taken,

        /// <summary>There are too many events in line.</summary>
        Full,

        /// <summary>Nothing is taken any more.</summary>
        Closed,
    }

    /// <summary>Events in line or under way.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Adds a request behind those of its producer; work goes before all of them.</summary>
    public Admission TryAdd(IngestRequest request)
    {
        lock (_lock)
        {
            if (_isComplete)
            {
                return Admission.Closed;
            }

            if (request.Work is not null)
            {
                _work.Enqueue(request);
            }
            else
            {
                var isOthers = _lines.TryGetValue(request.Producer, out var line);
                var events = _events + request.Events.Count;
                if (_events > 0 && events > mostEvents && (isOthers || events > 2L * mostEvents))
                {
                    return Admission.Full;
                }

                Interlocked.Exchange(ref _events, events);
                Put(request, line);
            }
        }

        _signal.Writer.TryWrite(true);
        return Admission.Taken;
    }

    /// <summary>A request that was taken out has been answered.</summary>
    public void Release(IngestRequest request)
    {
        lock (_lock)
        {
            Interlocked.Add(ref _events, -request.Events.Count);
            var line = _lines[request.Producer];
            if (--line.UnderWay == 0)
            {
                _lines.Remove(request.Producer);
            }
        }
    }

    /// <summary>Takes no more; what waits is still given out.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
        }

        _signal.Writer.TryComplete();
    }

    /// <summary>Waits until there is something to take.</summary>
    /// <returns>False when there never will be.</returns>
    public async ValueTask<bool> WaitAsync()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_work.Count > 0 || _turns.Count > 0)
                {
                    return true;
                }

                if (_isComplete)
                {
                    return false;
                }
            }

            if (await _signal.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                _signal.Reader.TryRead(out _);
            }
        }
    }

    /// <summary>Takes one piece of work.</summary>
    public bool TryTakeWork([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IngestRequest? work)
    {
        lock (_lock)
        {
            return _work.TryDequeue(out work);
        }
    }

    /// <summary>Takes requests turn by turn until there are enough events; the last request may be longer.</summary>
    public void Take(List<IngestRequest> group, int enoughEvents)
    {
        lock (_lock)
        {
            var events = 0;
            while (events < enoughEvents && _turns.TryDequeue(out var line))
            {
                line.Credit += turnEvents;
                while (events < enoughEvents && line.Waiting.TryPeek(out var next) && next.Events.Count <= line.Credit)
                {
                    group.Add(line.Waiting.Dequeue());
                    events += next.Events.Count;
                    line.Credit -= next.Events.Count;
                }

                if (line.Waiting.Count > 0)
                {
                    _turns.Enqueue(line);
                }
                else
                {
                    line.Credit = 0;
                }
            }
        }
    }

    private void Put(IngestRequest request, Line? line)
    {
        if (line is null)
        {
            _lines.Add(request.Producer, line = new Line());
        }

        line.UnderWay++;
        line.Waiting.Enqueue(request);
        if (line.Waiting.Count == 1)
        {
            _turns.Enqueue(line);
        }
    }

    private sealed class Line
    {
        public Queue<IngestRequest> Waiting { get; } = new();

        /// <summary>Requests in line or taken out, and not yet answered.</summary>
        public int UnderWay { get; set; }

        /// <summary>Events that it may still send in this turn; what a longer request could not use is kept for the next.</summary>
        public int Credit { get; set; }
    }
}
