using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Home;

/// <summary>Public playlists that have come lately and have not been seen often enough to be judged. Safe for concurrent use.</summary>
/// <param name="catalogue">Tells which are public.</param>
/// <param name="options">What is a fair number of impressions, and for how long.</param>
public sealed partial class FreshPlaylists(MusicCatalogue catalogue, HomeOptions options)
{
    /// <summary>More at one time would share the exploration among too many.</summary>
    private const int MostOffered = 100;
    private const int MostKept = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Fresh> _fresh = [];
    private volatile PlaylistIndex[] _offered = [];

    /// <summary>Those seen least often first; as of the last <see cref="Refresh"/>.</summary>
    public IReadOnlyList<PlaylistIndex> Offered => _offered;

    /// <summary>How many there are, those included that are not offered for want of room.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _fresh.Count;
            }
        }
    }

    /// <summary>A playlist has come, or has turned public.</summary>
    /// <param name="playlist">Which.</param>
    /// <param name="nowMs">When, Unix milliseconds.</param>
    public void OnAdded(PlaylistIndex playlist, long nowMs)
    {
        lock (_lock)
        {
            if (_fresh.Count < MostKept && _fresh.TryAdd(playlist.Value, new Fresh(nowMs, 0)))
            {
                _untold[playlist.Value] = new Fresh(nowMs, 0);
                _isDirty = true;
            }
        }
    }

    /// <summary>Takes note that somebody has seen a card.</summary>
    /// <param name="playlist">The card's playlist, whichever it is.</param>
    public void OnSeen(PlaylistIndex playlist)
    {
        if (_offered.Length == 0)
        {
            return; // Nearly always.
        }

        lock (_lock)
        {
            if (_fresh.TryGetValue(playlist.Value, out var fresh))
            {
                _fresh[playlist.Value] = fresh with { Seen = fresh.Seen + 1 };
                _untold[playlist.Value] = new Fresh(fresh.AtMs, _untold.GetValueOrDefault(playlist.Value).Seen + 1);
                _isDirty = true;
            }
        }
    }

    /// <summary>Lets go of those that had their fair share or their time, and orders the rest.</summary>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    /// <returns>Whether what is offered has changed.</returns>
    public bool Refresh(long nowMs)
    {
        lock (_lock)
        {
            foreach (var (playlist, fresh) in _fresh)
            {
                if (fresh.Seen >= options.FairImpressions || nowMs - fresh.AtMs > options.FreshFor.TotalMilliseconds)
                {
                    _fresh.Remove(playlist);
                    _isDirty = true;
                }
            }

            PlaylistIndex[] offered =
            [
                .. _fresh.Where(pair => catalogue.Describe(new PlaylistIndex(pair.Key)) is { IsPublic: true })
                    .OrderBy(pair => pair.Value.Seen).ThenBy(pair => pair.Value.AtMs).ThenBy(pair => pair.Key)
                    .Take(MostOffered).Select(pair => new PlaylistIndex(pair.Key)),
            ];
            var isSame = offered.Length == _offered.Length && offered.ToHashSet().SetEquals(_offered);
            _offered = offered;
            return !isSame;
        }
    }

    private readonly record struct Fresh(long AtMs, int Seen);
}
