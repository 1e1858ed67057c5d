using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Training.Import;

/// <summary>Imports HetRec 2011 Last.fm: listening counts of artists, tags and friendships.</summary>
/// <remarks>Items are artists. The counts carry no time: each becomes one listen event of the day before the import that stands for so many plays.</remarks>
public sealed class HetRecImporter : IDatasetImporter
{
    private const string ArtistsFile = "artists.dat";
    private const string ListensFile = "user_artists.dat";
    private const string FriendsFile = "user_friends.dat";

    private static readonly TsvFormat s_artists = TsvFormat.WithHeader("id", "name", "url", "pictureURL");
    private static readonly TsvFormat s_listens = TsvFormat.WithHeader("userID", "artistID", "weight");
    private static readonly TsvFormat s_friends = TsvFormat.WithHeader("userID", "friendID");

    /// <inheritdoc/>
    public string Name => "hetrec";

    /// <inheritdoc/>
    public ImportReport Import(
        string path,
        IImportSession session,
        ImportOptions options,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        string[] files = [ArtistsFile, HetRecTags.TagsFile, HetRecTags.AssignmentsFile, ListensFile, FriendsFile];
        DatasetPath.RequireFolder(path, "HetRec", files);
        var run = new ImportRun(session, options, progress, cancellationToken)
        {
            BytesTotal = DatasetPath.Length(files.Select(file => Path.Combine(path, file))),
        };

        var artists = ReadArtists(path, run);
        AddTracks(artists, HetRecTags.Read(path, artists, run), run);
        ReadListens(path, artists, run);
        ReadFriends(path, run);
        return run.ToReport(Name);
    }

    private static Dictionary<int, HetRecArtist> ReadArtists(string path, ImportRun run)
    {
        using var file = new TsvFile(Path.Combine(path, ArtistsFile), s_artists, run);
        var artists = new Dictionary<int, HetRecArtist>();
        while (file.Next())
        {
            if (!file.TryNumber(0, 0, out var number))
            {
                continue;
            }

            var name = file.Text(1).Trim();
            if (name.Length == 0)
            {
                file.Bad("name: expected an artist's name, got none");
            }
            else if (!artists.TryAdd(number, new HetRecArtist(ArtistKey.From(name), name)))
            {
                file.Bad($"id: expected a new number, got {number} again");
            }
            else
            {
                file.Tally.Imported();
            }
        }

        file.Tally.RequireRows();
        return artists;
    }

    private static void AddTracks(Dictionary<int, HetRecArtist> artists, HetRecTags tags, ImportRun run)
    {
        foreach (var artist in artists.Values)
        {
            if (run.IsNewItem(artist.Key))
            {
                run.AddTrack(new Track(artist.Key, artist.Name, artist.Name, tags.Top(artist.Key)));
            }
            else
            {
                run.Note("artists whose name has the key of an earlier one: one item for both");
            }
        }
    }

    private static void ReadListens(string path, Dictionary<int, HetRecArtist> artists, ImportRun run)
    {
        using var file = new TsvFile(Path.Combine(path, ListensFile), s_listens, run);
        while (file.Next())
        {
            if (!file.TryNumber(0, 0, out var user) || !file.TryNumber(1, 0, out var number) || !file.TryNumber(2, 1, out var plays))
            {
                continue;
            }

            if (!artists.TryGetValue(number, out var artist))
            {
                file.Bad($"artistID: expected an id of {ArtistsFile}, got {number}");
                continue;
            }

            var listen = new UserEvent(
                new EventId($"hetrec:{user}:{number}"),
                new UserId($"{user}"),
                EventKind.Listen,
                artist.Key,
                Playlist: null,
                PlayedMs: null,
                DurationMs: null,
                run.CountMoment,
                plays);
            if (run.FindError(listen) is { } error)
            {
                file.Bad(error);
                continue;
            }

            run.AddEvent(listen);
            file.Tally.Imported();
        }

        file.Tally.RequireRows();
    }

    private static void ReadFriends(string path, ImportRun run)
    {
        using var file = new TsvFile(Path.Combine(path, FriendsFile), s_friends, run);
        while (file.Next())
        {
            if (!file.TryNumber(0, 0, out var user) || !file.TryNumber(1, 0, out var friend))
            {
                continue;
            }

            if (user == friend)
            {
                file.Bad("friendID: expected another user, got the same");
                continue;
            }

            run.AddFriendship(new UserId($"{user}"), new UserId($"{friend}"));
            file.Tally.Imported();
        }
    }
}

/// <summary>One line of artists.dat.</summary>
/// <param name="Key">The item's id.</param>
/// <param name="Name">The name as written.</param>
internal readonly record struct HetRecArtist(TrackId Key, string Name);
