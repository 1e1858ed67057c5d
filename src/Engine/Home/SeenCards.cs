using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Home;

/// <summary>How often a listener has seen each playlist of late without opening it: what the frequency cap asks. One writer, bounded.</summary>
/// <remarks>
/// A sight counts half after <see cref="HalfLife"/>, so a card that was set aside comes back; a click or a play forgets the
/// sights before it. Each playlist's count is kept as of its newest sight (forward decay), so time passing touches nothing.
/// </remarks>
public sealed class SeenCards
{
    /// <summary>Most playlists; the one seen longest ago gives way.</summary>
    public const int MaxPlaylists = 512;

    private readonly Dictionary<int, (double Count, long AtMs)> _seen = [];

    /// <summary>After this time a sight counts half.</summary>
    public static TimeSpan HalfLife { get; } = TimeSpan.FromDays(7);

    /// <summary>Playlists with a count.</summary>
    public int Count => _seen.Count;

    /// <summary>Counts an event about a playlist.</summary>
    /// <param name="kind">An impression is a sight; a click, a listen, a follow, a like or a save takes the sights back; others do nothing.</param>
    /// <param name="playlist">Which.</param>
    /// <param name="atMs">When, Unix milliseconds.</param>
    public void Apply(EventKind kind, PlaylistIndex playlist, long atMs)
    {
        if (kind is EventKind.Click or EventKind.Listen or EventKind.Follow or EventKind.Like or EventKind.Save)
        {
            _seen.Remove(playlist.Value);
        }
        else if (kind == EventKind.Impression)
        {
            if (!_seen.TryGetValue(playlist.Value, out var former))
            {
                if (_seen.Count == MaxPlaylists)
                {
                    _seen.Remove(_seen.MinBy(pair => pair.Value.AtMs).Key);
                }

                former = (0, atMs);
            }

            var newest = Math.Max(atMs, former.AtMs);
            _seen[playlist.Value] = (Decayed(former.Count, former.AtMs, newest) + Decayed(1, atMs, newest), newest);
        }
    }

    /// <summary>How often a playlist was seen of late.</summary>
    /// <param name="playlist">Which.</param>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    /// <returns>0 or more; each sight counts at most 1.</returns>
    public double CountOf(PlaylistIndex playlist, long nowMs) =>
        _seen.TryGetValue(playlist.Value, out var seen) ? Decayed(seen.Count, seen.AtMs, Math.Max(nowMs, seen.AtMs)) : 0;

    private static double Decayed(double count, long fromMs, long toMs) =>
        count * double.Exp2((fromMs - toMs) / HalfLife.TotalMilliseconds);
}
