namespace Buddies.Cli.Bench.Profile;

/// <summary>Where one or more processes spent their time: stacks found running, and what the kernel counted for each kind of thread.</summary>
/// <remarks>
/// A running stack belongs to its innermost frame whose type is of one of the parts: a sort that the engine asks for is the
/// engine's. The stacks share the time that was spent in user mode by threads that neither collect nor compile.
/// </remarks>
internal sealed class ProcessorProfile
{
    private static readonly (string Prefix, Part Part)[] s_parts =
    [
        ("Buddies.Engine.", Part.Engine),
        ("Buddies.Grains.World.SiloWorld.Place", Part.Engine), // All that they do is the cells' work, much of it compiled into them.
        ("Buddies.Embedded.Partition.Place", Part.Engine),
        ("Buddies.Storage.", Part.Storage),
        ("Npgsql.", Part.Storage),
        ("Microsoft.Data.Sqlite", Part.Storage),
        ("Dapper", Part.Storage),
        ("Buddies.Grains.Wire.", Part.Serialisation),
        ("Orleans.Serialization.", Part.Serialisation),
        ("OrleansCodeGen.", Part.Serialisation),
        ("Orleans.Runtime.Messaging.MessageSerializer", Part.Serialisation),
        ("Buddies.Api.", Part.Http),
        ("Microsoft.AspNetCore.", Part.Http),
        ("System.Text.Json", Part.Http),
        ("Orleans", Part.Orleans),
        ("Buddies.", Part.Runtime),
    ];

    private enum Part
    {
        Serialisation,
        Storage,
        Engine,
        Http,
        Orleans,
        Runtime,
        Other,
    }

    private readonly ThreadTimes _times;
    private readonly List<(IReadOnlyList<(string Type, string Method)> Frames, long Count)> _running = [];

    private ProcessorProfile(ThreadTimes times) => _times = times;

    /// <summary>Observes processes at the same time.</summary>
    /// <param name="processIds">Which.</param>
    /// <param name="duration">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">One of them cannot be observed.</exception>
    /// <exception cref="InvalidDataException">What one of them says is not understood.</exception>
    public static async Task<ProcessorProfile> SampleAsync(IReadOnlyList<int> processIds, TimeSpan duration, CancellationToken cancellationToken)
    {
        var before = ThreadTimes.Of(processIds);
        var sampling = processIds.Select(id => new DiagnosticPort(id).SampleAsync(duration, cancellationToken)).ToArray();
        await Task.Delay(duration, cancellationToken);
        var profile = new ProcessorProfile(ThreadTimes.Of(processIds) - before); // Without what it takes to name the methods afterwards.
        foreach (var trace in await Task.WhenAll(sampling))
        {
            profile._running.AddRange(StackTraces.Read(trace).Running.Where(stack => !IsWaiting(stack.Frames)));
        }

        return profile;
    }

    /// <summary>What the time went into.</summary>
    public ProcessorShares Shares()
    {
        var counts = new long[Enum.GetValues<Part>().Length];
        foreach (var (frames, count) in _running)
        {
            counts[(int)PartOf(frames)] += count;
        }

        var (samples, all) = (counts.Sum(), Math.Max(1, _times.Total));
        var managed = (double)(_times.User - _times.Collector - _times.Compiler) / all;
        return new ProcessorShares(
            Share(Part.Serialisation),
            Share(Part.Storage),
            Share(Part.Engine),
            Share(Part.Http),
            Share(Part.Orleans),
            Share(Part.Runtime),
            Share(Part.Other),
            Math.Round((double)_times.Collector / all, 4),
            Math.Round((double)_times.Compiler / all, 4),
            Math.Round((double)_times.Kernel / all, 4),
            samples);

        double Share(Part part) => Math.Round(managed * counts[(int)part] / Math.Max(1, samples), 4);
    }

    /// <summary>One line for each stack, the outermost frame first, with semicolons between, and how often it was found: what flame graphs are drawn from.</summary>
    public IEnumerable<string> Folded() => _running.OrderByDescending(stack => stack.Count).Select(stack =>
        $"{string.Join(';', stack.Frames.Reverse().Select(frame => $"{frame.Type}.{frame.Method}"))} {stack.Count}");

    private static Part PartOf(IReadOnlyList<(string Type, string Method)> frames)
    {
        foreach (var (type, method) in frames)
        {
            var name = $"{type}.{method}";
            foreach (var (prefix, part) in s_parts)
            {
                if (name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return part;
                }
            }
        }

        return Part.Other;
    }

    /// <summary>A thread that waits stands in native code, but for the moment in which it wakes up; such stacks are found too often.</summary>
    private static bool IsWaiting(IReadOnlyList<(string Type, string Method)> frames) =>
        frames is [] or [{ Method: "Sleep" or "SleepInternal" }, ..] or [{ Type: "" }, { Method: "EventLoop" }, ..]
        || (frames[0].Type.StartsWith("System.Threading.", StringComparison.Ordinal) && frames[0].Method.StartsWith("Wait", StringComparison.Ordinal));
}
