using System.CommandLine;
using System.Diagnostics;
using Buddies.Engine.Events;
using Buddies.Training.Synth;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies synth</c>: fills the store with a synthetic world.</summary>
internal static class SynthCommand
{
    private static readonly Option<int> s_listeners = Number("--listeners", "Listeners.", 2_000, 1);
    private static readonly Option<int> s_tracks = Number("--tracks", "Tracks, at least as many as artists.", 5_000, 1);
    private static readonly Option<int?> s_artists = new("--artists") { Description = "Artists; one on every ten tracks when absent.", HelpName = "N" };
    private static readonly Option<int?> s_playlists = new("--playlists") { Description = "Playlists; three on every two listeners when absent.", HelpName = "N" };
    private static readonly Option<int> s_communities = Number("--communities", "Groups of listeners of similar taste.", 20, 1);
    private static readonly Option<int> s_events = Number("--events", "Events of each listener.", 60, 0);
    private static readonly Option<int> s_seed = Number("--seed", "Chooses the world: equal options and seed give equal rows.", 1, int.MinValue);
    private static readonly Option<DateTimeOffset?> s_asOf = AsOfOption.Create("The end of the 30 days of events; now when absent.");
    private static readonly DateTimeOffset s_earliest = EventRules.Earliest.AddDays(30);

    public static Command Create()
    {
        var command = new Command("synth", "Make a synthetic world with planted communities.")
        {
            s_listeners, s_tracks, s_artists, s_playlists, s_communities, s_events, s_seed, s_asOf,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => SynthAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task SynthAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var options = ReadOptions(parsed);
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var world = SyntheticWorld.Create(options);
        await using var session = await store.BeginImportAsync("synth", cancellationToken);
        var report = await WorkProgress.ShowAsync("synth", async progress =>
        {
            var written = world.WriteTo(session, progress, cancellationToken);
            await session.CommitAsync(cancellationToken);
            return written with { Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds };
        });
        Console.Error.WriteLine($"{report.Listeners:N0} listeners, {report.Tracks:N0} tracks, {report.Artists:N0} artists, {report.Playlists:N0} playlists, {report.Events.Values.Sum():N0} events, {report.Duplicates:N0} duplicates in {report.Seconds:0.00} s");
        ToolRunner.PrintJson(parsed, report);
    }

    private static SyntheticWorldOptions ReadOptions(ParseResult parsed)
    {
        var tracks = parsed.GetValue(s_tracks);
        var artists = parsed.GetValue(s_artists) ?? Math.Max(1, tracks / 10);
        if (artists < 1 || artists > tracks)
        {
            throw new UsageException($"--artists: expected 1 to {tracks}, the number of tracks, got {artists}.");
        }

        if (parsed.GetValue(s_playlists) is < 0 and var playlists)
        {
            throw new UsageException($"--playlists: expected 0 or more, got {playlists}.");
        }

        var now = TimeProvider.System.GetUtcNow();
        var asOf = parsed.GetValue(s_asOf) ?? now;
        if (asOf > now || asOf < s_earliest)
        {
            throw new UsageException($"--as-of: expected a time from {s_earliest:yyyy-MM-dd} to the present, got {asOf:u}.");
        }

        return new SyntheticWorldOptions
        {
            Listeners = parsed.GetValue(s_listeners),
            Tracks = tracks,
            Artists = artists,
            Playlists = parsed.GetValue(s_playlists),
            Communities = parsed.GetValue(s_communities),
            EventsPerListener = parsed.GetValue(s_events),
            Seed = parsed.GetValue(s_seed),
            AsOf = asOf,
        };
    }

    private static Option<int> Number(string name, string description, int value, int min)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var given) && given < min)
            {
                result.AddError($"{name}: expected {min} or more, got {given}.");
            }
        });
        return option;
    }
}
