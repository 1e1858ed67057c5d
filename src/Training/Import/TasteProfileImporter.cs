using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Training.Import;

/// <summary>Imports Echo Nest Taste Profile triplets: user, song, play count.</summary>
/// <remarks>The counts carry no time: each becomes one listen event of the import moment. The songs have no names: the id is the title.</remarks>
public sealed class TasteProfileImporter : IDatasetImporter
{
    private static readonly TsvFormat s_triplets = TsvFormat.WithoutHeader("user", "song", "play count");

    /// <inheritdoc/>
    public string Name => "taste-profile";

    /// <inheritdoc/>
    public ImportReport Import(
        string path,
        IImportSession session,
        ImportOptions options,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        DatasetPath.RequireFile(path, "Taste Profile");
        var run = new ImportRun(session, options, progress, cancellationToken) { BytesTotal = DatasetPath.Length(path) };
        using var file = new TsvFile(path, s_triplets, run);
        while (file.Next())
        {
            if (!file.TryNumber(2, 1, out var plays))
            {
                continue;
            }

            var (user, song) = (file.Text(0), file.Text(1));
            var listen = new UserEvent(
                EventIds.From($"taste:{user}:{song}"),
                new UserId(user),
                EventKind.Listen,
                new TrackId(song),
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

            run.AddTrack(new Track(new TrackId(song), song, "", []));
            run.AddEvent(listen);
            file.Tally.Imported();
        }

        file.Tally.RequireRows();
        return run.ToReport(Name);
    }
}
