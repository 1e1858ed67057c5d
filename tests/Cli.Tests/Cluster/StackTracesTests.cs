using Buddies.Cli.Bench.Profile;

namespace Buddies.Cli.Tests.Cluster;

/// <summary>Stacks of this very process, over the runtime's diagnostic port.</summary>
public sealed class StackTracesTests
{
    private static volatile bool s_enough;
    private static double s_sink;

    [SignalsFact]
    public async Task Sample_AThreadThatComputes_IsFoundByName_AndACutTraceIsRefused()
    {
        s_enough = false;
        var burning = Task.Factory.StartNew(Burn, TaskCreationOptions.LongRunning);
        var trace = await new DiagnosticPort(Environment.ProcessId).SampleAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        s_enough = true;
        await burning;
        var running = StackTraces.Read(trace).Running.ToArray();
        var found = running.Where(stack => stack.Frames.Any(frame => frame.Type == typeof(StackTracesTests).FullName && frame.Method == nameof(Burn))).Sum(stack => stack.Count);
        Assert.True(found > 0, $"{running.Sum(stack => stack.Count)} running stacks, none of them computes: {string.Join(' ', running.SelectMany(stack => stack.Frames).Select(frame => frame.Type).Distinct())}");
        Assert.Throws<InvalidDataException>(() => StackTraces.Read(trace[..(trace.Length / 2)]));
        Assert.Throws<InvalidDataException>(() => StackTraces.Read("something else altogether"u8.ToArray()));
    }

    [Fact]
    public async Task Sample_AProcessThatIsNotThere_IsRefused() => await Assert.ThrowsAsync<IOException>(
        () => new DiagnosticPort(int.MaxValue).SampleAsync(TimeSpan.FromSeconds(1), CancellationToken.None));

    private static void Burn()
    {
        while (!s_enough)
        {
            for (var i = 1; i < 10_000; i++)
            {
                s_sink += Math.Sqrt(i);
            }
        }
    }
}
