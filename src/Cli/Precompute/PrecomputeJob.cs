using System.Text;
using System.Text.Json;
using Buddies.Engine.Snapshots;

namespace Buddies.Cli.Precompute;

/// <summary>What pages are made of; beside the file of pages, so that one that was cut off is gone on with as it began.</summary>
/// <param name="SnapshotVersion">The model.</param>
/// <param name="Watermark">Events up to this offset.</param>
/// <param name="At">The present of the pages.</param>
/// <param name="Shelves">Most shelves.</param>
/// <param name="Cards">Most cards on a shelf.</param>
/// <param name="Buddies">Nearest listeners that are looked at.</param>
internal sealed record PrecomputeJob(int SnapshotVersion, long Watermark, DateTimeOffset At, int Shelves, int Cards, int Buddies)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>The job of a file that is not whole yet; null where there is none.</summary>
    public static PrecomputeJob? Find(string output)
    {
        try
        {
            return JsonSerializer.Deserialize<PrecomputeJob>(File.ReadAllText(PathOf(output)), s_json);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Says what is made from now on, before the first page.</summary>
    public void Begin(string output)
    {
        var next = PathOf(output) + ".next";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, s_json)));
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, PathOf(output), overwrite: true);
        FolderDurability.Flush(Path.GetDirectoryName(Path.GetFullPath(output))!);
    }

    /// <summary>All pages are there.</summary>
    public static void End(string output) => File.Delete(PathOf(output));

    private static string PathOf(string output) => output + ".job";
}
