using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Buddies.Training.ClosedLoop;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies simulate --policy</c>: policies and listeners of known tastes in a closed loop, without a server.</summary>
internal sealed class ClosedLoopOptionSet
{
    private static readonly Dictionary<string, LoopPolicy> s_byName = Enum.GetValues<LoopPolicy>().ToDictionary(LoopComparison.NameOf);
    private static readonly Dictionary<string, LoopOptions> s_worlds = new() { ["small"] = new(), ["large"] = LoopOptions.Large, ["leanback"] = LoopOptions.LeanBack };
    private static readonly LoopPolicy[] s_baselines = [LoopPolicy.Popularity, LoopPolicy.Random, LoopPolicy.Nightly, LoopPolicy.NoExploration];

    private readonly Option<string?> _policy = new("--policy")
    {
        Description = $"Run a closed loop without a server, under this policy: {string.Join(", ", Enum.GetValues<LoopPolicy>().Select(LoopComparison.NameOf))}.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _baselines = new("--baselines") { Description = "With --policy: popularity, random, nightly and no-exploration in the same worlds too." };
    private readonly Option<LoopPolicy[]> _over = new("--over")
    {
        Description = "With --policy: another policy in the same worlds; may be repeated.",
        HelpName = "NAME",
        CustomParser = result => [.. result.Tokens.Select(token => s_byName.TryGetValue(token.Value, out var policy) ? policy : Refuse(result, token.Value))],
    };

    private readonly Option<string> _world = new("--world")
    {
        Description = $"With --policy: which world, {string.Join(", ", s_worlds.Keys)}. The options below change it.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "small",
    };

    private readonly Option<int?> _tracks = Size("--tracks", "With --policy: tracks of the world.", 100);
    private readonly Option<int?> _playlists = Size("--playlists", "With --policy: playlists of the world.", 100);
    private readonly Option<int?> _communities = Size("--communities", "With --policy: groups of listeners of similar taste.", 2);
    private readonly Option<int?> _days = Size("--days", "With --policy: simulated days.", 1);
    private readonly Option<double?> _new = new("--new") { Description = "With --policy: share of the playlists, 0 to 1, that come out during the days.", HelpName = "S" };
    private readonly Option<double?> _ownPlays = new("--own-plays") { Description = "With --policy: probability, 0 to 1, that a session begins with plays of one's own; in the others Home comes first.", HelpName = "S" };
    private readonly Option<string?> _runs = new("--runs")
    {
        Description = "With --policy: a folder that keeps finished runs; what this build has run there is not run again.",
        HelpName = "DIR",
    };

    private readonly Option<int> _seeds = NumberOption.Whole("--seeds", "With --policy: worlds, from --seed on.", 5, 1, 1_000);

    public void AddTo(Command command)
    {
        _policy.AcceptOnlyFromAmong([.. Enum.GetValues<LoopPolicy>().Select(LoopComparison.NameOf)]);
        command.Options.Add(_policy);
        _world.AcceptOnlyFromAmong([.. s_worlds.Keys]);
        foreach (Option option in (Option[])[_baselines, _over, _seeds, _world, _tracks, _playlists, _communities, _new, _ownPlays, _days, _runs])
        {
            command.Options.Add(option);
        }
    }

    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_policy) is not null;

    public Task RunAsync(ParseResult parsed, int? listeners, int seed, CancellationToken cancellationToken)
    {
        var asked = s_byName[parsed.GetRequiredValue(_policy)!];
        LoopPolicy[] policies = [.. new[] { asked }.Concat(parsed.GetValue(_baselines) ? s_baselines : []).Concat(parsed.GetValue(_over) ?? []).Distinct()];
        var world = s_worlds[parsed.GetRequiredValue(_world)];
        var options = world with
        {
            Listeners = listeners ?? world.Listeners,
            Tracks = parsed.GetValue(_tracks) ?? world.Tracks,
            Playlists = parsed.GetValue(_playlists) ?? world.Playlists,
            Communities = parsed.GetValue(_communities) ?? world.Communities,
            NewPlaylists = parsed.GetValue(_new) ?? world.NewPlaylists,
            OwnPlays = parsed.GetValue(_ownPlays) ?? world.OwnPlays,
            Days = parsed.GetValue(_days) ?? world.Days,
            Seed = seed,
        };
        try
        {
            options.Check();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new UsageException($"--policy: {e.Message}");
        }

        var report = LoopComparison.Run(
            options,
            policies,
            parsed.GetValue(_seeds),
            parsed.GetValue(_runs) is { } folder ? new KeptRuns(folder) : null,
            (policy, world, result) => Console.Error.WriteLine($"simulate: world {world + 1}, {LoopComparison.NameOf(policy)}: engagement {result.Engagement:0.00}, click rate {result.ClickRate:0.000}, coverage {result.Coverage:0.000}"),
            cancellationToken);
        Show(report);
        ToolRunner.PrintJson(parsed, report);
        return Task.CompletedTask;
    }

    private static Option<int?> Size(string name, string description, int min)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given < min)
            {
                result.AddError($"{name}: expected a whole number, {min} or more, got '{given}'.");
            }
        });
        return option;
    }

    private static LoopPolicy Refuse(ArgumentResult result, string name)
    {
        result.AddError($"--over: expected one of {string.Join(", ", s_byName.Keys)}, got '{name}'.");
        return default;
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
