using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Training.Facts;

namespace Buddies.Training.Tests.Facts;

public sealed class TrainingSetTests
{
    private static readonly DateTimeOffset s_time = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task From_FactsAndPlaylists_KeepsCatalogueOrderAndWhatIsNamed()
    {
        await using var world = await PlantedWorld.CreateEmptyAsync();
        await FillAsync(world);

        var set = TrainingSet.From(await FactReader.ReadAsync(world.Store, TasteTransform.Default, default));

        // "unnamed" has no fact and no playlist; "late" is in no catalogue; "nobody" only clicked.
        Assert.Equal(["listed", "played", "late"], Enumerable.Range(0, set.TrackCount).Select(row => set.TrackIdOf(row).Value));
        Assert.Equal(["ann", "bob"], set.Users.Select(user => set.Facts.Users[user].Value));
        Assert.Equal([0, 1, 3], set.Interactions.Offsets);
        Assert.Equal([1, 1, 2], set.Interactions.Columns);
        Assert.Equal([1, 1, -1], set.Interactions.Preferences);
        Assert.Equal(4, set.Facts.EventCount);
        Assert.Equal(set.Facts.Watermark, await world.Store.Events.LastOffsetAsync(default));
        Assert.Equal([0, -1, 1, 2], set.RowOfTrack);
    }

    [Fact]
    public async Task Interactions_EachFact_WeighsAsServingDoes()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var set = TrainingSet.From(await FactReader.ReadAsync(world.Store, TasteTransform.Default, default));

        for (var user = 0; user < set.Users.Length; user++)
        {
            var taste = set.Facts.Tastes[set.Users[user]];
            var at = set.Interactions.Offsets[user];
            foreach (var fact in taste.Tracks.ToArray())
            {
                var (confidence, preference) = taste.Weigh(fact, taste.ComputeMeanEvidence());
                Assert.Equal(set.RowOfTrack[fact.Track], set.Interactions.Columns[at]);
                Assert.Equal((float)confidence, set.Interactions.Confidences[at]);
                Assert.Equal((float)preference, set.Interactions.Preferences[at++]);
            }

            Assert.Equal(set.Interactions.Offsets[user + 1], at);
        }
    }

    [Fact]
    public async Task SideRows_TagsAndPlaylists_AreRowsOverTheTracks()
    {
        await using var world = await PlantedWorld.CreateEmptyAsync();
        await FillAsync(world);
        var set = TrainingSet.From(await FactReader.ReadAsync(world.Store, TasteTransform.Default, default));

        // "rock" is carried by "listed" as its second tag and by "played" as its first; "solo" by one track alone.
        var tags = SideRows.FromTags(set, 2);
        Assert.Equal([0, 2], tags.Offsets);
        Assert.Equal([0, 1], tags.Columns);
        Assert.Equal([(float)(2 / Math.Sqrt(2)), 2], tags.Confidences);

        var playlists = SideRows.FromPlaylists(set, 0.5, TasteTransform.Default);
        Assert.Equal([0, 2], playlists.Offsets);
        Assert.Equal([0, 1], playlists.Columns);
        Assert.Equal((float)(0.5 * TasteTransform.Default.ConfidenceOf(2, 1.5)), playlists.Confidences[0]);
        Assert.Equal((float)(0.5 * TasteTransform.Default.ConfidenceOf(1, 1.5)), playlists.Confidences[1]);
    }

    private static async Task FillAsync(PlantedWorld world)
    {
        await using var session = await world.Store.BeginImportAsync("test", default);
        session.AddTrack(new Track(new TrackId("listed"), "", "", ["solo", "rock"]));
        session.AddTrack(new Track(new TrackId("unnamed"), "", "", ["rock"]));
        session.AddTrack(new Track(new TrackId("played"), "", "", ["rock"]));
        session.AddPlaylist(new Playlist(
            new PlaylistId("p"), "", new UserId("ann"), true, [new TrackId("listed"), new TrackId("listed"), new TrackId("played")], 0));
        session.AddEvent(Event("1", "ann", EventKind.Listen, "played"));
        session.AddEvent(Event("2", "nobody", EventKind.Click, null));
        session.AddEvent(Event("3", "bob", EventKind.Listen, "played"));
        session.AddEvent(Event("4", "bob", EventKind.Hide, "late"));
        await session.CommitAsync(default);
    }

    private static UserEvent Event(string id, string user, EventKind kind, string? track) => new(
        new EventId(id), new UserId(user), kind, track is null ? null : new TrackId(track), track is null ? new PlaylistId("p") : null, null, null, s_time);
}
