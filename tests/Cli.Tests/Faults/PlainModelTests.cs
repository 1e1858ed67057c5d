using Buddies.Cli.Bench.Faults;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Taste;

namespace Buddies.Cli.Tests.Faults;

/// <summary>The plain model and the engine agree on the same events, and a single one makes them differ.</summary>
public sealed class PlainModelTests
{
    private readonly MusicCatalogue _catalogue = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Facts_SameEvents_AreTheSame(int seed)
    {
        var (plain, taste) = (new PlainTaste(), new UserTaste(TasteTransform.Default));
        foreach (var @event in Events(seed, 4_000))
        {
            plain.Apply(@event);
            Apply(taste, @event);
        }

        Assert.Null(FactJudge.FindDifference(plain, taste, _catalogue));
        Assert.True(taste.TrackCount > 300 && taste.PlaylistCount > 20, $"{taste.TrackCount} tracks, {taste.PlaylistCount} playlists: too few to show anything");
    }

    [Theory]
    [InlineData(EventKind.Listen)]
    [InlineData(EventKind.Skip)]
    [InlineData(EventKind.Like)]
    [InlineData(EventKind.Hide)]
    [InlineData(EventKind.Save)]
    [InlineData(EventKind.Follow)]
    [InlineData(EventKind.Impression)]
    public void Facts_OneEventMore_IsADifference(EventKind kind)
    {
        var (plain, taste) = (new PlainTaste(), new UserTaste(TasteTransform.Default));
        var events = Events(5, 300);
        var more = events.FindLastIndex(e => e.Kind == kind);
        Assert.True(more >= 0, $"no {kind} among the events");
        for (var i = 0; i < events.Count; i++)
        {
            plain.Apply(events[i]);
            Apply(taste, events[i]);
            if (i == more)
            {
                Apply(taste, events[i]);
            }
        }

        Assert.NotNull(FactJudge.FindDifference(plain, taste, _catalogue));
    }

    private static List<UserEvent> Events(int seed, int count) => new FaultEvents(0, DateTimeOffset.UnixEpoch.AddYears(55), seed).Next(count);

    private void Apply(UserTaste taste, in UserEvent @event) => taste.Apply(
        @event,
        @event.Track is { } track ? _catalogue.Intern(track) : null,
        @event.Playlist is { } playlist ? _catalogue.Intern(playlist) : null);
}
