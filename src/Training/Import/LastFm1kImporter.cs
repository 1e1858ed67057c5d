using System.Globalization;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Training.Import;

/// <summary>Imports the Last.fm 1K history: one listen event for each play, at the time it happened.</summary>
public sealed class LastFm1kImporter : IDatasetImporter
{
    /// <summary>The plays' file in the dataset's folder.</summary>
    public const string PlaysFile = "userid-timestamp-artid-artname-traid-traname.tsv";

    private static readonly TsvFormat s_plays =
        TsvFormat.WithoutHeader("userid", "timestamp", "artist id", "artist name", "track id", "track name");

    /// <inheritdoc/>
    public string Name => "lastfm1k";

    /// <inheritdoc/>
    public ImportReport Import(
        string path,
        IImportSession session,
        ImportOptions options,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        var isFolder = Directory.Exists(path);
        if (isFolder)
        {
            DatasetPath.RequireFolder(path, "Last.fm 1K", PlaysFile);
        }
        else
        {
            DatasetPath.RequireFile(path, "Last.fm 1K");
        }

        var plays = isFolder ? Path.Combine(path, PlaysFile) : path;
        var profiles = Path.Combine(path, LastFm1kProfiles.FileName);
        var hasProfiles = isFolder && File.Exists(profiles);
        var run = new ImportRun(session, options, progress, cancellationToken)
        {
            BytesTotal = (DatasetPath.Length(plays) * (options.ShiftToNow ? 2 : 1)) + (hasProfiles ? DatasetPath.Length(profiles) : 0),
        };

        var shift = options.ShiftToNow ? FindShift(plays, run, options) : TimeSpan.Zero;
        ReadPlays(plays, shift, run);
        if (hasProfiles)
        {
            LastFm1kProfiles.Check(profiles, run);
        }

        return run.ToReport(Name);
    }

    /// <summary>How far the newest believable play lies before the import moment, in a pass of its own that counts nothing.</summary>
    private static TimeSpan FindShift(string path, ImportRun run, ImportOptions options)
    {
        var now = options.Clock.GetUtcNow();
        var newest = DateTimeOffset.MinValue;
        using var stream = DatasetPath.Open(path);
        var lines = new LineReader(stream, Path.GetFileName(path));
        while (lines.TryRead(out var line))
        {
            run.Tick(stream.Position);
            var rest = line[(line.IndexOf((byte)'\t') + 1)..];
            var end = rest.IndexOf((byte)'\t');
            if (end > 0 && TryTime(rest[..end], out var time) && time >= EventRules.Earliest && time <= now && time > newest)
            {
                newest = time;
            }
        }

        run.Finish(stream.Position);
        return newest == DateTimeOffset.MinValue ? TimeSpan.Zero : run.Moment - newest;
    }

    private static void ReadPlays(string path, TimeSpan shift, ImportRun run)
    {
        using var file = new TsvFile(path, s_plays, run);
        while (file.Next())
        {
            if (!TryTime(file.Bytes(1), out var time))
            {
                file.Bad($"timestamp: expected a time like 2009-05-04T23:08:57Z, got '{file.Text(1)}'");
                continue;
            }

            var (user, artist, title) = (file.Text(0), file.Text(3).Trim(), file.Text(5).Trim());
            if (artist.Length == 0)
            {
                file.Bad("artist name: expected a name, got none");
                continue;
            }

            var recording = TrackOf(file.Text(4), artist, title);
            var item = run.Options.By == ItemLevel.Artist ? ArtistKey.From(artist) : recording;
            var listen = new UserEvent(
                EventIds.From($"lfm1k:{user}:{time.ToUnixTimeSeconds()}:{recording}"),
                new UserId(user),
                EventKind.Listen,
                item,
                Playlist: null,
                PlayedMs: null,
                DurationMs: null,
                time + shift);
            if (run.FindError(listen) is { } error)
            {
                file.Bad(error);
                continue;
            }

            run.AddTrack(new Track(item, run.Options.By == ItemLevel.Artist ? artist : title, artist, []));
            run.AddEvent(listen);
            file.Tally.Imported();
        }

        file.Tally.RequireRows();
    }

    private static TrackId TrackOf(string recordingId, string artist, string title) =>
        new(recordingId.Length > 0 ? recordingId : "lfm:" + StableHash.Hex($"{artist}|{title}", 32));

    private static bool TryTime(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        Span<char> characters = stackalloc char[20];
        time = default;
        return text.Length == characters.Length
            && System.Text.Encoding.ASCII.TryGetChars(text, characters, out _)
            && DateTimeOffset.TryParseExact(characters, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
