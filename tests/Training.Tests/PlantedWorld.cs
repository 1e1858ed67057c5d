using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Storage.Sqlite;

namespace Buddies.Training.Tests;

/// <summary>A store in a temporary folder whose listeners play within the track groups of their communities alone.</summary>
internal sealed class PlantedWorld : IAsyncDisposable
{
    public const int Communities = 5;
    public const int ListenersEach = 24;
    public const int TracksEach = 30;
    private const int PlayedEach = 15;

    private PlantedWorld(string folder, SqliteStore store)
    {
        Folder = folder;
        Store = store;
    }

    public string Folder { get; }

    public IStore Store { get; }

    public static UserId Listener(int community, int number) => new($"u{community}-{number:D2}");

    public static TrackId TrackOf(int community, int number) => new($"t{community}-{number:D2}");

    public static async Task<PlantedWorld> CreateEmptyAsync()
    {
        var folder = Directory.CreateTempSubdirectory("buddies-planted-").FullName;
        return new PlantedWorld(folder, await SqliteStore.OpenAsync(Path.Combine(folder, "buddies.db")));
    }

    public static async Task<PlantedWorld> CreateAsync(int seed = 5)
    {
        var world = await CreateEmptyAsync();
        var random = new Random(seed);
        await using var session = await world.Store.BeginImportAsync("planted", default);
        for (var community = 0; community < Communities; community++)
        {
            AddCommunity(session, community, random);
        }

        await session.CommitAsync(default);
        return world;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static void AddCommunity(IImportSession session, int community, Random random)
    {
        for (var number = 0; number < TracksEach; number++)
        {
            session.AddTrack(new Track(TrackOf(community, number), "title", "artist", [$"tag{community}"]));
        }

        session.AddPlaylist(new Playlist(
            new PlaylistId($"p{community}"), "mix", Listener(community, 0), true, [TrackOf(community, 3), TrackOf(community, 1), TrackOf(community, 3)], 0));
        for (var number = 0; number < ListenersEach; number++)
        {
            int[] tracks = [.. Enumerable.Range(0, TracksEach)];
            random.Shuffle(tracks);
            foreach (var track in tracks.Take(PlayedEach))
            {
                session.AddEvent(new UserEvent(
                    new EventId($"e{track}"), Listener(community, number), EventKind.Listen, TrackOf(community, track), null, null, null,
                    new DateTimeOffset(2024, 1, 1, 0, 0, track, TimeSpan.Zero), Plays: 1 + random.Next(9)));
            }

            // A hide: a fact that speaks against its track.
            session.AddEvent(new UserEvent(
                new EventId("hide"), Listener(community, number), EventKind.Hide, TrackOf((community + 1) % Communities, number), null, null, null,
                new DateTimeOffset(2024, 1, 1, 0, 1, 0, TimeSpan.Zero)));

            // Friends in a ring within the community.
            session.AddFriendship(Listener(community, number), Listener(community, (number + 1) % ListenersEach));
        }
    }
}
