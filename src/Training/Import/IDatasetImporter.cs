using Buddies.Storage;

namespace Buddies.Training.Import;

/// <summary>Reads one kind of dataset in its original format.</summary>
public interface IDatasetImporter
{
    /// <summary>The name on the command line and in the store's record of imports.</summary>
    string Name { get; }

    /// <summary>Reads a dataset into a session, row by row; the commit is the caller's.</summary>
    /// <param name="path">The dataset's file or folder.</param>
    /// <param name="session">Takes the rows.</param>
    /// <param name="options">How to import.</param>
    /// <param name="progress">Hears of the progress about once a megabyte; may be null.</param>
    /// <param name="cancellationToken">Stops between two rows.</param>
    /// <returns>What was read.</returns>
    /// <exception cref="ImportException">
    /// The dataset is missing or has another format; or it has a bad row and the options are strict. Do not commit then.
    /// </exception>
    ImportReport Import(
        string path,
        IImportSession session,
        ImportOptions options,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken);
}
