namespace Buddies.Training.Als;

/// <summary>Counts solved rows from many threads, and tells now and then.</summary>
internal sealed class ProgressMeter(IProgress<TrainProgress>? progress, TimeProvider time, int epochs, long rowsInAll)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _lastTold;
    private long _rowsDone;
    private int _epoch = 1;
    private double? _objective;

    public void OnRowsSolved(int count)
    {
        lock (_lock)
        {
            _rowsDone += count;
            var elapsed = time.GetElapsedTime(_start);
            if (elapsed - _lastTold >= s_pause)
            {
                Tell(elapsed);
            }
        }
    }

    public void OnEpochEnded(double objective)
    {
        lock (_lock)
        {
            _objective = objective;
            Tell(time.GetElapsedTime(_start));
            _epoch++;
        }
    }

    public void OnEnded()
    {
        lock (_lock)
        {
            Tell(time.GetElapsedTime(_start));
        }
    }

    private void Tell(TimeSpan elapsed)
    {
        _lastTold = elapsed;
        var rate = elapsed > TimeSpan.Zero ? _rowsDone / elapsed.TotalSeconds : 0;
        TimeSpan? left = rate > 0 ? TimeSpan.FromSeconds((rowsInAll - _rowsDone) / rate) : null;
        progress?.Report(new TrainProgress(_epoch, epochs, _rowsDone, rowsInAll, rate, left, _objective));
    }
}
