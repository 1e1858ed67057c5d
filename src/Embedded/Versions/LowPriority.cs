using System.Runtime.InteropServices;

namespace Buddies.Embedded.Versions;

/// <summary>Runs long work on a thread of its own that steps back for whoever serves.</summary>
public static partial class LowPriority
{
    private const int ThisThread = 0;
    private const int Nice = 10;

    /// <summary>Runs work.</summary>
    /// <param name="work">What; runs to its end, whoever waits.</param>
    /// <returns>Its result, or its failure.</returns>
    public static Task<T> RunAsync<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            StepBack();
            try
            {
                done.SetResult(work());
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

    /// <summary>On Linux niceness belongs to a thread, and .NET's own priorities have no effect there.</summary>
    private static void StepBack()
    {
        if (OperatingSystem.IsLinux())
        {
            // Only a wish: where it is not granted, the thread works as any other.
            _ = SetPriority(0, ThisThread, Nice);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
