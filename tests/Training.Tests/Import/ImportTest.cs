using System.Text;
using Buddies.Training.Import;

namespace Buddies.Training.Tests.Import;

/// <summary>A scratch folder for small datasets, and one import into memory.</summary>
public abstract class ImportTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("buddies-import-").FullName;

    internal FakeImportSession Session { get; private set; } = new();

    protected string Folder => _folder;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    protected string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Imports into a fresh session.</summary>
    protected async Task<ImportReport> ImportAsync(IDatasetImporter importer, string path, ImportOptions? options = null)
    {
        Session = new FakeImportSession();
        return await DatasetImport.RunAsync(importer, path, Session, options ?? new ImportOptions(), null, CancellationToken.None);
    }

    /// <summary>Imports and expects a refusal that leaves nothing behind.</summary>
    protected async Task<ImportException> RefusedAsync(IDatasetImporter importer, string path, ImportOptions? options = null)
    {
        var refusal = await Assert.ThrowsAsync<ImportException>(() => ImportAsync(importer, path, options));
        Assert.False(Session.IsCommitted, "a refused import was committed");
        Assert.True(Session.IsDisposed, "a refused import left its session open");
        return refusal;
    }
}
