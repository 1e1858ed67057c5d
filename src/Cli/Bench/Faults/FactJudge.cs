using System.Globalization;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Cli.Bench.Faults;

/// <summary>Holds a listener's facts, as the server saved them, against the plain model's.</summary>
internal static class FactJudge
{
    /// <summary>The server keeps amounts in single precision and rounds at every event.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>Compares.</summary>
    /// <returns>The first difference in words; null where there is none.</returns>
    public static string? FindDifference(PlainTaste expected, UserTaste actual, MusicCatalogue catalogue)
    {
        if (expected.EventCount != actual.EventCount || expected.NewestAtMs != actual.NewestAtMs)
        {
            return Say($"{expected.EventCount} events up to {expected.NewestAtMs} expected, {actual.EventCount} up to {actual.NewestAtMs} found");
        }

        if (expected.Tracks.Count != actual.TrackCount || expected.Playlists.Count != actual.PlaylistCount)
        {
            return Say($"{expected.Tracks.Count} tracks and {expected.Playlists.Count} playlists expected, {actual.TrackCount} and {actual.PlaylistCount} found");
        }

        foreach (ref readonly var fact in actual.Tracks)
        {
            var id = catalogue.IdOf(new TrackIndex(fact.Track)).Value;
            if (!expected.Tracks.TryGetValue(id, out var plain) || !IsSame(plain, fact))
            {
                return Say($"{id}: for {plain.For}, against {plain.Against}, session {plain.Session} at {plain.LastAtMs}, liked {plain.IsLiked}, hidden {plain.IsHidden} expected; {fact.For}, {fact.Against}, {fact.Session} at {fact.LastAtMs}, {fact.Marks} found");
            }
        }

        foreach (ref readonly var fact in actual.Playlists)
        {
            var id = catalogue.IdOf(new PlaylistIndex(fact.Playlist)).Value;
            if (!expected.Playlists.TryGetValue(id, out var plain) || plain.LastAtMs != fact.LastAtMs || MarksOf(plain) != fact.Marks)
            {
                return Say($"{id}: {MarksOf(plain)} at {plain.LastAtMs} expected, {fact.Marks} at {fact.LastAtMs} found");
            }
        }

        return null;
    }

    private static bool IsSame(in PlainTrack expected, in TrackFact actual) =>
        IsNear(expected.For, actual.For) && IsNear(expected.Against, actual.Against) && IsNear(expected.Session, actual.Session)
        && expected.LastAtMs == actual.LastAtMs
        && MarksOf(new PlainPlaylist(expected.IsLiked, expected.IsHidden, false, false, 0)) == actual.Marks;

    private static bool IsNear(double expected, double actual) => Math.Abs(expected - actual) <= Tolerance * Math.Max(1, Math.Abs(expected));

    private static FactMarks MarksOf(in PlainPlaylist plain) =>
        (plain.IsLiked ? FactMarks.Liked : 0) | (plain.IsHidden ? FactMarks.Hidden : 0)
        | (plain.IsFollowed ? FactMarks.Followed : 0) | (plain.IsSaved ? FactMarks.Saved : 0);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
