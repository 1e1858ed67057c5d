using System.CommandLine;
using Buddies.Training.ClosedLoop;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies simulate --policy</c>: policies and listeners of known tastes in a closed loop, without a server.</summary>
internal sealed class ClosedLoopOptionSet
{
    private static readonly LoopPolicy[] s_baselines = [LoopPolicy.Popularity, LoopPolicy.Random, LoopPolicy.Nightly, LoopPolicy.NoExploration];

    private readonly Option<string?> _policy = new("--policy")
    {
        Description = $"Run a closed loop without a server, under this policy: {string.Join(", ", Enum.GetValues<LoopPolicy>().Select(LoopComparison.NameOf))}.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _baselines = new("--baselines") { Description = "With --policy: popularity, random, nightly and no-exploration in the same worlds too." };
    private readonly Option<int> _days = NumberOption.Whole("--days", "With --policy: simulated days.", 30, 1, 3_650);
    private readonly Option<int> _seeds = NumberOption.Whole("--seeds", "With --policy: worlds, from --seed on.", 5, 1, 1_000);

    public void AddTo(Command command)
    {
        _policy.AcceptOnlyFromAmong([.. Enum.GetValues<LoopPolicy>().Select(LoopComparison.NameOf)]);
        command.Options.Add(_policy);
        command.Options.Add(_baselines);
        command.Options.Add(_days);
        command.Options.Add(_seeds);
    }

    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_policy) is not null;

    public Task RunAsync(ParseResult parsed, int seed, CancellationToken cancellationToken)
    {
        var asked = Enum.GetValues<LoopPolicy>().Single(policy => LoopComparison.NameOf(policy) == parsed.GetValue(_policy));
        LoopPolicy[] policies = parsed.GetValue(_baselines) ? [asked, .. s_baselines.Where(policy => policy != asked)] : [asked];
        var options = new LoopOptions { Days = parsed.GetValue(_days), Seed = seed };
        var report = LoopComparison.Run(
            options,
            policies,
            parsed.GetValue(_seeds),
            (policy, world, result) => Console.Error.WriteLine($"simulate: world {world + 1}, {LoopComparison.NameOf(policy)}: engagement {result.Engagement:0.00}, click rate {result.ClickRate:0.000}, coverage {result.Coverage:0.000}"),
            cancellationToken);
        Show(report);
        ToolRunner.PrintJson(parsed, report);
        return Task.CompletedTask;
    }

    private static void Show(LoopReport report)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumns("policy", "engagement", "95 %", "last third", "coverage", "discovery");
        foreach (var policy in report.Policies)
        {
            table.AddRow(
                policy.Policy, $"{policy.Engagement:0.000}", $"{policy.Low:0.000} to {policy.High:0.000}", $"{policy.LateEngagement:0.000}",
                $"{policy.Coverage:0.000}", $"{policy.Discovery:0.000}");
        }

        ToolRunner.People.Write(table);
        foreach (var lift in report.Lifts)
        {
            Console.Error.WriteLine(
                $"{lift.Policy} over {lift.Over}: engagement {lift.Engagement.Value:+0.0 %;-0.0 %} (95 %: {lift.Engagement.Low:+0.0 %;-0.0 %} to {lift.Engagement.High:+0.0 %;-0.0 %}), last third {lift.LateEngagement.Value:+0.0 %;-0.0 %} ({lift.LateEngagement.Low:+0.0 %;-0.0 %} to {lift.LateEngagement.High:+0.0 %;-0.0 %}), coverage {lift.Coverage.Value + 1:0.00} times");
        }
    }
}
