using Buddies.Engine.Bandits;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Tests.Versions;

/// <summary>What a listener has said stays said, whatever happens to models and processes, while Home explores and learns.</summary>
public sealed class FeedbackOverVersionsTests
{
    private static readonly UserId s_user = TestWorld.Listener(21);

    [Fact]
    public async Task Hide_OfATrackAndOfAPlaylist_StaysOverSwapRestartCrashAndRetraining_AndUndoBringsBothBack()
    {
        await using var world = await LearningWorld.StartAsync();
        var page = await world.VisitAllAsync(s_user);
        var playlist = page.Shelves.First(shelf => shelf.Id == Shelves.Popular).Cards[0].Playlist; // In order: it is back where it was.
        var other = page.Shelves.SelectMany(shelf => shelf.Cards).First(card => card.Playlist != playlist && card.Source != Shelves.Again);
        var track = world.Runtime.Catalogue.IdOf(new TrackIndex(world.Contents(other.Playlist).InOrder[0]));
        await world.SendAsync(world.Event(s_user, EventKind.Hide, null, playlist), world.Event(s_user, EventKind.Hide, track, other.Playlist));
        await world.LearnAsync();
        await AssertAsync("at once");

        // A model that has learned from the hides, swapped in while the process lives; then another after each kind of end.
        var second = await SwapWorld.TrainAsync(world, seed: 2);
        await SwapWorld.SwapAsync(world, second);
        await AssertAsync("after retraining and a swap");
        Assert.Equal(second.Version, (await world.VisitAllAsync(s_user)).Version);
        await world.RestartAsync();
        await AssertAsync("after a restart");
        await SwapWorld.SwapAsync(world, await SwapWorld.TrainAsync(world, seed: 3));
        await AssertAsync("after a second retraining");
        await world.CrashAsync();
        await AssertAsync("after a crash");

        await world.SendAsync(world.Event(s_user, EventKind.Unhide, null, playlist), world.Event(s_user, EventKind.Unhide, track, other.Playlist));
        var (isPlaylistBack, isTrackBack) = (false, false);
        for (var visit = 0; visit < 20 && !(isPlaylistBack && isTrackBack); visit++)
        {
            var shown = await NextPageAsync();
            isPlaylistBack |= shown.Contains(playlist);
            isTrackBack |= shown.Any(card => Holds(card, track));
        }

        Assert.True(isPlaylistBack && isTrackBack, $"after both were taken back: playlist {isPlaylistBack}, track {isTrackBack}");

        async Task AssertAsync(string when)
        {
            for (var visit = 0; visit < 5; visit++)
            {
                var shown = await NextPageAsync();
                Assert.NotEmpty(shown);
                Assert.False(shown.Contains(playlist), $"{when}: {playlist} is shown");
                Assert.False(shown.Any(card => Holds(card, track)), $"{when}: {track} is shown within some playlist");
            }
        }

        async Task<List<PlaylistId>> NextPageAsync()
        {
            world.Time.Advance(TimeSpan.FromMinutes(11));
            return [.. (await world.VisitAllAsync(s_user)).Shelves.SelectMany(shelf => shelf.Cards).Select(card => card.Playlist)];
        }

        bool Holds(PlaylistId shown, TrackId hidden) =>
            Array.BinarySearch(world.Contents(shown).Ascending, world.Runtime.Catalogue.Intern(hidden).Value) >= 0;
    }
}
