using System.Diagnostics;

namespace Buddies.Embedded.Versions;

/// <summary>Runs long work on a thread of its own that rests again and again, so that whoever serves finds a processor.</summary>
/// <remarks>
/// It has everybody's priority. On a lower one it was made to wait while it held what all others needed: while the collector waits for
/// the last thread to come to a safe place all others stand still, and the system maps no memory while somebody else is at it.
/// </remarks>
public static class RestingThread
{
    /// <summary>How long it works at one time: what whoever serves may have to wait for.</summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(0.5);

    /// <summary>Rests after a slice, in its time. One thread may take more of it than each of the partitions, of which there are several.</summary>
    private const double Rest = 3;

    /// <summary>A slice that took longer, since others were at work or a file had to be read, is rested from no longer than one of this length.</summary>
    private const double LongestMs = 10;

    /// <summary>Runs work.</summary>
    /// <param name="work">What; runs to its end, whoever waits. It calls what it is given between short pieces, and may find that it rested there.</param>
    /// <returns>Its result, or its failure.</returns>
    public static Task<T> RunAsync<T>(Func<Action, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(work(Pauses()));
            }
#pragma warning disable CA1031 // Every failure is the waiter's to see.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "prepare a version",
        };
        thread.Start();
        return done.Task;
    }

    private static Action Pauses()
    {
        var since = Stopwatch.GetTimestamp();
        return () =>
        {
            var worked = Stopwatch.GetElapsedTime(since);
            if (worked >= s_slice)
            {
                // Whole milliseconds; parts of one would be cut off.
                Thread.Sleep((int)Math.Ceiling(Math.Min(worked.TotalMilliseconds, LongestMs) * Rest));
                since = Stopwatch.GetTimestamp();
            }
        };
    }
}
