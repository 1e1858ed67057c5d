using System.CommandLine;
using System.Globalization;
using Buddies.Cli.Simulate;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies simulate</c>: listeners who follow what a running server recommends.</summary>
internal static class SimulateCommand
{
    private const int MostListeners = 100;

    private static readonly Option<string> s_url = new("--url")
    {
        Description = "A running server, on this machine.",
        HelpName = "URL",
        DefaultValueFactory = _ => "http://127.0.0.1:5080",
    };

    private static readonly Option<double> s_rate = NumberOption.Real("--rate", "Events a second, all listeners together.", 20, 0.1, 100_000);
    private static readonly Option<double> s_seconds = NumberOption.Real("--seconds", "How long.", 30, 1, 86_400);
    private static readonly Option<int?> s_listeners = new("--listeners")
    {
        Description = "Listeners that take part, at most 100 and by default as many. With --policy: listeners of the world, 20 or more.", HelpName = "N",
    };

    private static readonly Option<int> s_watch = NumberOption.Whole("--watch", "Of these, how many keep their page open.", 5, 0, 100);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Chooses who does what.", 1, int.MinValue, int.MaxValue);
    private static readonly ClosedLoopOptionSet s_loop = new();

    public static Command Create()
    {
        var command = new Command("simulate", "Let simulated listeners use a running server: they play, skip, like and hide what their page shows them. With --policy: a closed loop without a server.")
        {
            s_url, s_rate, s_seconds, s_listeners, s_watch, s_seed,
        };
        s_loop.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(
            () => s_loop.IsAsked(parsed) ? s_loop.RunAsync(parsed, parsed.GetValue(s_listeners), parsed.GetValue(s_seed), cancellationToken) : SimulateAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task SimulateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(parsed.GetRequiredValue(s_url), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new UsageException($"--url: expected an http address, got '{parsed.GetValue(s_url)}'.");
        }

        if (!url.IsLoopback)
        {
            throw new UsageException($"--url: expected an address of this machine, got '{url.Host}': a simulated crowd writes into listeners' histories.");
        }

        var listeners = parsed.GetValue(s_listeners) ?? MostListeners;
        if (listeners is < 1 or > MostListeners)
        {
            throw new UsageException($"--listeners: expected a whole number, 1 to {MostListeners}, got '{listeners}'.");
        }

        var options = new SimulateOptions(
            url,
            parsed.GetValue(s_rate),
            TimeSpan.FromSeconds(parsed.GetValue(s_seconds)),
            listeners,
            parsed.GetValue(s_watch),
            parsed.GetValue(s_seed));
        using var server = new ServerClient(url);
        try
        {
            var report = await new CrowdSimulation(server, options).RunAsync(new Display(options), cancellationToken);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Listeners} listeners, {report.Accepted:N0} of {report.Sent:N0} events accepted in {report.Seconds:0.0} s; acknowledged within {report.AckP50Ms:0.0} ms (p99 {report.AckP99Ms:0.0}); {report.Pushes:N0} pages pushed, {report.PushP50Ms:0.0} ms after an own event (p99 {report.PushP99Ms:0.0}); {report.Failures} failures"));
            ToolRunner.PrintJson(parsed, report);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"No answer from {url}: {e.Message}", e);
        }
    }

    /// <summary>One line a few seconds apart.</summary>
    private sealed class Display(SimulateOptions options) : IProgress<(double Seconds, long Accepted)>
    {
        private double _shownAt;

        public void Report((double Seconds, long Accepted) value)
        {
            if (value.Seconds - _shownAt >= 5)
            {
                _shownAt = value.Seconds;
                Console.Error.WriteLine($"simulate: {value.Accepted:N0} events, {value.Accepted / value.Seconds:N0}/s, {options.Duration.TotalSeconds - value.Seconds:N0} s left");
            }
        }
    }
}
