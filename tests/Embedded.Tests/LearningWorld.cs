using Buddies.Engine.Bandits;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Tests;

/// <summary>The small world with a Home that explores and learns.</summary>
internal static class LearningWorld
{
    public static Task<TestWorld> StartAsync(HomeOptions? home = null) => TestWorld.StartAsync(directory => Options(directory, home));

    public static EmbeddedOptions Options(string directory, HomeOptions? home = null) =>
        new() { DataDirectory = directory, Partitions = 3, MoveThreshold = 0, BuddyDrift = 0, Home = home ?? new HomeOptions() };

    /// <summary>A small page, as a client would ask for.</summary>
    public static Task<HomePage> VisitAsync(this TestWorld world, UserId user) => world.HomeAsync(user, HomeRequest.Default);

    /// <summary>A page with room for every shelf.</summary>
    public static Task<HomePage> VisitAllAsync(this TestWorld world, UserId user) => world.HomeAsync(user, new HomeRequest(HomeRequest.MaxShelves, 5, []));

    /// <summary>A page of another visit than the one before.</summary>
    public static Task<HomePage> VisitAgainAsync(this TestWorld world, UserId user)
    {
        world.Time.Advance(world.Runtime.Learning!.Options.Visit);
        return world.VisitAsync(user);
    }

    /// <summary>Sends an event about a card.</summary>
    public static Task OnCardAsync(this TestWorld world, UserId user, EventKind kind, Card card, TrackId? track = null) =>
        world.SendAsync(world.Event(user, kind, track, card.Playlist));

    /// <summary>Plays the first track of a card's playlist.</summary>
    public static Task PlayAsync(this TestWorld world, UserId user, Card card, int track = 0) =>
        world.OnCardAsync(user, EventKind.Listen, card, world.Runtime.Catalogue.IdOf(new TrackIndex(world.Contents(card.Playlist).InOrder[track])));

    /// <summary>Lets the time for rewards pass, and learns.</summary>
    public static async Task LearnAsync(this TestWorld world)
    {
        world.Time.Advance(world.Runtime.Learning!.Options.RewardWindow + TimeSpan.FromSeconds(1));
        await world.Runtime.LearnAsync(world.Time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>All lines of one sort of impression log, written by now.</summary>
    public static async Task<List<string>> LogAsync(this TestWorld world, string name)
    {
        await world.Runtime.Learning!.Log.SettleAsync();
        var lines = new List<string>();
        var folder = Path.Combine(world.Directory, "impressions");
        foreach (var file in System.IO.Directory.Exists(folder) ? System.IO.Directory.GetFiles(folder, name + "-*.ndjson").Order(StringComparer.Ordinal).ToArray() : [])
        {
            await using var stream = new FileStream(file, System.IO.FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync() is { } line)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    public static NormalArm ShelfOf(this TestWorld world, string shelf) => world.Runtime.Learned!.Value.State.ShelfOf(4, shelf);
}
