using System.Diagnostics;
using Buddies.Storage;

namespace Buddies.Training.Import;

/// <summary>Runs an importer over a session: all of it, or nothing.</summary>
public static class DatasetImport
{
    /// <summary>Imports and commits; on any failure the session is disposed without a commit and takes its rows back.</summary>
    /// <param name="importer">The dataset's importer.</param>
    /// <param name="path">The dataset's file or folder.</param>
    /// <param name="session">A fresh session; this method owns and disposes it.</param>
    /// <param name="options">How to import.</param>
    /// <param name="progress">Hears of the progress; may be null.</param>
    /// <param name="cancellationToken">Cancels, with nothing imported.</param>
    /// <returns>What was imported, with its duration.</returns>
    /// <exception cref="ImportException">Nothing was imported, for the reason in the message.</exception>
    public static async Task<ImportReport> RunAsync(
        IDatasetImporter importer,
        string path,
        IImportSession session,
        ImportOptions options,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(importer);
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(options);

        var started = Stopwatch.GetTimestamp();
        await using (session.ConfigureAwait(false))
        {
            var report = importer.Import(path, session, options, progress, cancellationToken);
            await session.CommitAsync(cancellationToken).ConfigureAwait(false);
            return report with { Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds };
        }
    }
}
