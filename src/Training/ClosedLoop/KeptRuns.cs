using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Buddies.Training.ClosedLoop;

/// <summary>
/// A folder of finished runs, one file each, so that a comparison that takes longer than one may wait can be had in parts: what is found
/// there is not run again. A run is found again only by the same build with the same options, since both decide what comes of it.
/// </summary>
/// <remarks>Files are written beside and renamed: one that is there is whole. Safe for several processes on one folder.</remarks>
public sealed class KeptRuns
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>The code that makes a run: engine and trainer. Builds are deterministic, so equal sources have equal ids.</summary>
    private static readonly string s_build = string.Create(
        CultureInfo.InvariantCulture,
        $"{typeof(Engine.Home.HomeBuilder).Module.ModuleVersionId:N}{typeof(KeptRuns).Module.ModuleVersionId:N}");

    private readonly string _folder;

    /// <summary>Opens a folder, and makes it where there is none.</summary>
    /// <param name="folder">Its path.</param>
    public KeptRuns(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = Directory.CreateDirectory(folder).FullName;
    }

    /// <summary>Looks for a run.</summary>
    /// <param name="options">Its world.</param>
    /// <param name="policy">Its policy.</param>
    /// <returns>Null where it was not run by this build, or its file is damaged.</returns>
    public LoopResult? Find(LoopOptions options, LoopPolicy policy)
    {
        var path = PathOf(options, policy);
        try
        {
            return File.Exists(path) && JsonSerializer.Deserialize<LoopResult>(File.ReadAllText(path), s_json) is { Days.Count: > 0 } kept ? kept : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps a run.</summary>
    /// <param name="options">Its world.</param>
    /// <param name="policy">Its policy.</param>
    /// <param name="result">What came of it.</param>
    public void Keep(LoopOptions options, LoopPolicy policy, LoopResult result)
    {
        var path = PathOf(options, policy);
        var beside = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}");
        File.WriteAllText(beside, JsonSerializer.Serialize(result, s_json));
        File.Move(beside, path, overwrite: true);
    }

    private string PathOf(LoopOptions options, LoopPolicy policy)
    {
        // The options' own text names every one of them.
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(s_build + JsonSerializer.Serialize(options, s_json))))[..16];
        return Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{LoopComparison.NameOf(policy)}-{options.Seed}-{key}.json"));
    }
}
