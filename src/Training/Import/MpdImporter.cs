using System.IO.Compression;
using System.Text.Json;
using Buddies.Storage;

namespace Buddies.Training.Import;

/// <summary>Imports slices of the Spotify Million Playlist Dataset: a .json or .json.gz file, or a folder of them.</summary>
/// <remarks>
/// The dataset has no listeners. Each playlist's anonymous maker becomes one, who owns the playlist and whose facts are
/// its contents.
/// </remarks>
public sealed class MpdImporter : IDatasetImporter
{
    /// <inheritdoc/>
    public string Name => "mpd";

    /// <inheritdoc/>
    public ImportReport Import(
        string path,
        IImportSession session,
        ImportOptions options,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        var files = FindFiles(path);
        var run = new ImportRun(session, options, progress, cancellationToken) { BytesTotal = DatasetPath.Length(files) };
        var writer = new MpdWriter(run);
        foreach (var file in files)
        {
            ReadFile(file, writer, run);
        }

        return run.ToReport(Name, writer.ToMatchRate());
    }

    private static string[] FindFiles(string path)
    {
        if (!Directory.Exists(path))
        {
            DatasetPath.RequireFile(path, "MPD");
            return [path];
        }

        var files = Directory.EnumerateFiles(path).Where(IsSlice).Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new ImportException($"MPD: there is no .json or .json.gz file in '{path}'.");
    }

    private static bool IsSlice(string file) =>
        file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".json.gz", StringComparison.OrdinalIgnoreCase);

    private static void ReadFile(string path, MpdWriter writer, ImportRun run)
    {
        using var file = DatasetPath.Open(path);
        using var unpacked = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : null;
        var tally = run.Begin(path);
        var window = new JsonWindow(unpacked ?? (Stream)file);
        var reader = new MpdSliceReader(window);
        try
        {
            while (reader.Next() is { } playlist)
            {
                run.Tick(file.Position);
                writer.Add(playlist, reader.Slice ?? SliceOf(tally.Name), tally, window);
            }
        }
        catch (JsonException e)
        {
            ReportCut(e, window, reader, tally);
        }
        catch (InvalidDataException e)
        {
            RequireSlice(reader, tally, e);
            tally.Bad(window.LineAt(window.Offset), window.Offset, $"expected a whole file, got damaged data ({e.Message})", window.Bytes, rows: 0);
        }

        RequireSlice(reader, tally, null);
        run.Finish(file.Length);
    }

    /// <summary>The playlists before the fault stand, unless the import is strict; the one it cuts is left out.</summary>
    private static void ReportCut(JsonException e, JsonWindow window, MpdSliceReader reader, FileTally tally)
    {
        RequireSlice(reader, tally, e);
        var line = (e.LineNumber ?? 0) + 1;
        var offset = window.OffsetOf(line, e.BytePositionInLine ?? 0);
        tally.Bad(line, offset, $"expected whole JSON, got: {Reason(e)}", window.BytesAt(offset - 40), rows: 0);
    }

    private static void RequireSlice(MpdSliceReader reader, FileTally tally, Exception? cause)
    {
        if (!reader.HasPlaylists)
        {
            var reason = cause is null ? "" : $" {Reason(cause)}";
            throw new ImportException($"{tally.Name}: expected an MPD slice, a JSON object with a list 'playlists'; found none.{reason}", innerException: cause);
        }
    }

    private static string Reason(Exception e) => e.Message.Split(" LineNumber:")[0];

    /// <summary>The slice that a file's name tells of: mpd.slice.0-999.json is 0-999.</summary>
    private static string SliceOf(string fileName)
    {
        var name = fileName.Split(".json")[0];
        return name.StartsWith("mpd.slice.", StringComparison.Ordinal) ? name["mpd.slice.".Length..] : name;
    }
}
