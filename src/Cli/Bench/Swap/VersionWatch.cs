using System.Collections.Concurrent;

namespace Buddies.Cli.Bench.Swap;

/// <summary>The newest version that each listener was shown; whoever asks afterwards must not get an older one. Safe for concurrent use.</summary>
internal sealed class VersionWatch(SwapTally tally)
{
    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private volatile bool _mayGoBack;

    /// <summary>From here on older versions are right: a rollback begins.</summary>
    public void AllowRollback() => _mayGoBack = true;

    /// <summary>What a listener has been shown before a question is asked.</summary>
    public int Before(string listener) => _seen.GetValueOrDefault(listener);

    public void After(string listener, int before, int version)
    {
        if (version < before && !_mayGoBack)
        {
            tally.OnBackwards($"{listener} got version {version} after {before}");
        }

        _seen.AddOrUpdate(listener, version, (_, seen) => Math.Max(seen, version));
    }
}
