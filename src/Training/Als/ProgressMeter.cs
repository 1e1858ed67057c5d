namespace Buddies.Training.Als;

/// <summary>Counts solved rows from many threads, and tells now and then.</summary>
/// <param name="progress">Told; may be null.</param>
/// <param name="time">Measures the rate.</param>
/// <param name="epochs">How many there will be.</param>
/// <param name="rowsInAll">Rows to be solved in all.</param>
/// <param name="epochsBefore">Epochs that were taken over; they count as done, and not for the rate.</param>
/// <param name="rowsEach">Rows of an epoch.</param>
internal sealed class ProgressMeter(
    IProgress<TrainProgress>? progress, TimeProvider time, int epochs, long rowsInAll, int epochsBefore = 0, long rowsEach = 0)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private readonly long _rowsBefore = epochsBefore * rowsEach;
    private TimeSpan _lastTold;
    private long _rowsDone = epochsBefore * rowsEach;
    private int _epoch = epochsBefore + 1;
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
        var rate = elapsed > TimeSpan.Zero ? (_rowsDone - _rowsBefore) / elapsed.TotalSeconds : 0;
        TimeSpan? left = rate > 0 ? TimeSpan.FromSeconds((rowsInAll - _rowsDone) / rate) : null;
        progress?.Report(new TrainProgress(_epoch, epochs, _rowsDone, rowsInAll, rate, left, _objective));
    }
}
