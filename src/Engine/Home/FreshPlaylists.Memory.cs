using System.Text.Json;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Home;

/// <summary>What outlives the process, and what several processes make of it together.</summary>
public sealed partial class FreshPlaylists
{
    /// <summary>One that had its share stays noted for so long: a process that hears of it late must not offer it again.</summary>
    private static readonly TimeSpan s_late = TimeSpan.FromHours(1);

    /// <summary>What came here since it was told last: how often each was seen.</summary>
    private readonly Dictionary<int, Fresh> _untold = [];
    private volatile bool _isDirty;

    /// <summary>Of one process: what is to be kept over a restart.</summary>
    /// <returns>Null where nothing has changed since the last time.</returns>
    public string? TakeChanged()
    {
        lock (_lock)
        {
            if (!_isDirty)
            {
                return null;
            }

            _isDirty = false;
            _untold.Clear();
            return Write(_fresh);
        }
    }

    /// <summary>Of several processes: what came here since the last time, for <see cref="Merge"/>.</summary>
    /// <returns>Null where nothing did.</returns>
    public string? TakeUntold()
    {
        lock (_lock)
        {
            if (_untold.Count == 0)
            {
                return null;
            }

            var text = Write(_untold);
            _untold.Clear();
            return text;
        }
    }

    /// <summary>Adds what one process tells to what all have kept.</summary>
    /// <param name="kept">What is kept; null for nothing yet.</param>
    /// <param name="told">From <see cref="TakeUntold"/>.</param>
    /// <param name="options">What is a fair number of impressions, and for how long.</param>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    /// <returns>What is to be kept from here on.</returns>
    public static string Merge(string? kept, string told, HomeOptions options, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(told);
        ArgumentNullException.ThrowIfNull(options);
        var all = new Dictionary<string, Kept>(StringComparer.Ordinal);
        foreach (var one in Parse(kept ?? "[]").Concat(Parse(told)))
        {
            all[one.Id] = all.TryGetValue(one.Id, out var known) ? new Kept(one.Id, Math.Min(known.AtMs, one.AtMs), known.Seen + one.Seen) : one;
        }

        return JsonSerializer.Serialize(all.Values.Where(one =>
            nowMs - one.AtMs <= (one.Seen >= options.FairImpressions ? s_late : options.FreshFor).TotalMilliseconds));
    }

    /// <summary>Forgets playlists whose maker was erased.</summary>
    /// <param name="playlists">Which.</param>
    public void Forget(IReadOnlySet<PlaylistId> playlists)
    {
        ArgumentNullException.ThrowIfNull(playlists);
        lock (_lock)
        {
            foreach (var id in playlists)
            {
                if (catalogue.TryFind(id, out var playlist))
                {
                    _untold.Remove(playlist.Value);
                    _isDirty |= _fresh.Remove(playlist.Value);
                }
            }
        }
    }

    /// <summary>The same in what is kept.</summary>
    /// <param name="kept">From <see cref="TakeChanged"/>, <see cref="TakeUntold"/> or <see cref="Merge"/>; null for nothing.</param>
    /// <param name="playlists">Which.</param>
    public static string? Without(string? kept, IReadOnlySet<PlaylistId> playlists)
    {
        ArgumentNullException.ThrowIfNull(playlists);
        return kept is null ? null : JsonSerializer.Serialize(Parse(kept).Where(one => !playlists.Contains(new PlaylistId(one.Id))));
    }

    /// <summary>Takes up what was kept, by this process or by all; what came here since stays on top of it.</summary>
    /// <param name="text">From <see cref="TakeChanged"/> or <see cref="Merge"/>. The catalogue is loaded before.</param>
    public void Read(string text)
    {
        lock (_lock)
        {
            _fresh.Clear();
            foreach (var kept in Parse(text))
            {
                if (kept.Seen < options.FairImpressions && catalogue.TryFind(new PlaylistId(kept.Id), out var playlist))
                {
                    _fresh[playlist.Value] = new Fresh(kept.AtMs, kept.Seen);
                }
            }

            foreach (var (playlist, untold) in _untold)
            {
                _fresh[playlist] = _fresh.TryGetValue(playlist, out var told) ? told with { Seen = told.Seen + untold.Seen } : untold;
            }
        }
    }

    private string Write(Dictionary<int, Fresh> fresh) =>
        JsonSerializer.Serialize(fresh.Select(pair => new Kept(catalogue.IdOf(new PlaylistIndex(pair.Key)).Value, pair.Value.AtMs, pair.Value.Seen)));

    private static Kept[] Parse(string text) => JsonSerializer.Deserialize<Kept[]>(text) ?? [];

    private sealed record Kept(string Id, long AtMs, int Seen);
}
