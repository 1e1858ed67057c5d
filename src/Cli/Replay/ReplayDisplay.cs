using System.Diagnostics;

namespace Buddies.Cli.Replay;

/// <summary>One line a few seconds apart: how far, how fast, how long yet.</summary>
/// <param name="events">Events of the history.</param>
internal sealed class ReplayDisplay(long events)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private double _shownAt;

    /// <summary>Seconds since the beginning, to two decimals.</summary>
    public double Seconds => Math.Round(Stopwatch.GetElapsedTime(_started).TotalSeconds, 2);

    public void Show(ReplayReport report)
    {
        var seconds = Seconds;
        if (seconds - _shownAt >= 5)
        {
            _shownAt = seconds;
            var left = TimeSpan.FromSeconds(seconds * Math.Max(0, events - report.Sent) / report.Sent);
            Console.Error.WriteLine($"replay: {report.Sent:N0} of {events:N0}, now at {report.LastAt:yyyy-MM-dd HH:mm}, {report.Sent / seconds:N0}/s, {left:d\\.hh\\:mm\\:ss} left at this rate");
        }
    }
}
