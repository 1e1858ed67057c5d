using System.Text.Json;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Learning;

/// <summary>Public playlists that have come lately and have not been seen often enough to be judged. Safe for concurrent use.</summary>
internal sealed class FreshPlaylists(MusicCatalogue catalogue, HomeOptions options)
{
    /// <summary>More at one time would share the exploration among too many.</summary>
    private const int MostOffered = 100;
    private const int MostKept = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Fresh> _fresh = [];
    private volatile PlaylistIndex[] _offered = [];
    private volatile bool _isDirty;

    /// <summary>Those seen least often first; as of the last <see cref="Refresh"/>.</summary>
    public IReadOnlyList<PlaylistIndex> Offered => _offered;

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

    public void OnAdded(PlaylistIndex playlist, long nowMs)
    {
        lock (_lock)
        {
            if (_fresh.Count < MostKept && _fresh.TryAdd(playlist.Value, new Fresh(nowMs, 0)))
            {
                _isDirty = true;
            }
        }
    }

    /// <summary>Takes note that somebody has seen a card.</summary>
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
                _isDirty = true;
            }
        }
    }

    /// <summary>Lets go of those that had their fair share or their time, and orders the rest.</summary>
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

    /// <summary>What is to be kept over a restart; null where nothing has changed since the last time.</summary>
    public string? TakeChanged()
    {
        lock (_lock)
        {
            if (!_isDirty)
            {
                return null;
            }

            _isDirty = false;
            return JsonSerializer.Serialize(_fresh.Select(pair => new Kept(catalogue.IdOf(new PlaylistIndex(pair.Key)).Value, pair.Value.AtMs, pair.Value.Seen)));
        }
    }

    public void Read(string text)
    {
        foreach (var kept in JsonSerializer.Deserialize<Kept[]>(text) ?? [])
        {
            if (catalogue.TryFind(new PlaylistId(kept.Id), out var playlist))
            {
                _fresh[playlist.Value] = new Fresh(kept.AtMs, kept.Seen);
            }
        }
    }

    private readonly record struct Fresh(long AtMs, int Seen);

    private sealed record Kept(string Id, long AtMs, int Seen);
}
