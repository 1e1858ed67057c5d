namespace Buddies.Grains.Versions;

/// <summary>One version, kept for one piece of work that awaits nothing.</summary>
/// <param name="Version">The version; null without a model.</param>
internal readonly record struct VersionLease(SiloVersion? Version) : IDisposable
{
    public void Dispose() => Version?.Release();
}
