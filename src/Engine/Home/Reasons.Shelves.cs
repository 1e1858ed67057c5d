using System.Globalization;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Home;

/// <summary>The reasons of the shelves that only a policy shows.</summary>
internal sealed partial class Reasons
{
    private const int SessionNameCount = 2;

    /// <summary>Whom the listener plays now: the artists of the tracks with the most evidence in the session.</summary>
    public List<string> SessionNames()
    {
        var strongest = new List<(double Evidence, string Name)>();
        foreach (ref readonly var fact in inputs.Facts.Tracks)
        {
            var evidence = inputs.Facts.SessionEvidenceOf(fact, Math.Max(inputs.NowMs, inputs.Facts.NewestAtMs));
            if (evidence > 0.05 && inputs.Catalogue.Describe(new TrackIndex(fact.Track)) is { } described)
            {
                strongest.Add((evidence, described.Artist.Length > 0 ? described.Artist : described.Title));
            }
        }

        return [.. strongest.OrderByDescending(pair => pair.Evidence).ThenBy(pair => pair.Name, StringComparer.Ordinal)
            .Select(pair => pair.Name).Distinct().Take(SessionNameCount)];
    }

    /// <summary>For example "0.71 match with what you play now: Radiohead, Portishead".</summary>
    public static string FromSession(float match, List<string> names) => string.Create(
        CultureInfo.InvariantCulture,
        $"{match:0.00} match with what you play now{(names.Count > 0 ? ": " : "")}{string.Join(", ", names)}");

    /// <summary>For example "followed by listener 275, 0.83 taste match, and 2 more buddies".</summary>
    public static string FromFollowers(List<NearListener> followers)
    {
        var nearest = followers[0];
        foreach (var follower in followers)
        {
            nearest = follower.Similarity > nearest.Similarity ? follower : nearest;
        }

        var more = followers.Count - 1;
        var rest = more == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", and {more} more {(more == 1 ? "buddy" : "buddies")}");
        return string.Create(CultureInfo.InvariantCulture, $"followed by listener {nearest.User.Value}, {nearest.Similarity:0.00} taste match{rest}");
    }

    /// <summary>For example "you follow it".</summary>
    public static string FromHistory(FactMarks marks, long lastAtMs) =>
        (marks & FactMarks.Followed) != 0 ? "you follow it"
        : (marks & FactMarks.Saved) != 0 ? "you keep it"
        : (marks & FactMarks.Liked) != 0 ? "you like it"
        : string.Create(CultureInfo.InvariantCulture, $"you last played from it on {DateTimeOffset.FromUnixTimeMilliseconds(lastAtMs):yyyy-MM-dd}");

    /// <summary>For example "followed by 12 listeners of like taste".</summary>
    public static string FromNeighbours(int followers) => string.Create(
        CultureInfo.InvariantCulture, $"followed by {followers:N0} {(followers == 1 ? "listener" : "listeners")} of like taste");

    /// <summary>For example "holds Paranoid Android and 3 more by Radiohead".</summary>
    public string FromTrack(Candidate candidate, Track track)
    {
        var contents = inputs.Catalogue.Describe(candidate.Playlist)!;
        if (contents.HoldsArtists || track.Artist.Length == 0)
        {
            return $"holds {track.Title}";
        }

        var artist = -1;
        var more = -1;
        foreach (var index in contents.Ascending)
        {
            var own = inputs.Catalogue.ArtistOf(new TrackIndex(index));
            if (artist < 0 && own >= 0 && inputs.Catalogue.ArtistName(own) == track.Artist)
            {
                artist = own;
            }

            more += own >= 0 && own == artist ? 1 : 0;
        }

        return more > 0
            ? string.Create(CultureInfo.InvariantCulture, $"holds {track.Title} and {more} more by {track.Artist}")
            : $"holds {track.Title} by {track.Artist}";
    }

    /// <summary>For example "new here, 0.45 taste match" or "24 of its 25 tracks unheard, 0.51 taste match".</summary>
    public string FromExploration(Candidate candidate, bool isFresh)
    {
        var contents = inputs.Catalogue.Describe(candidate.Playlist)!;
        var count = contents.Ascending.Length;
        var unheard = (int)Math.Round(candidate.Features.UnheardShare * count);
        var match = page.HasTaste ? string.Create(CultureInfo.InvariantCulture, $", {candidate.Features.TasteMatch:0.00} taste match") : "";
        return isFresh
            ? $"new here{match}"
            : string.Create(CultureInfo.InvariantCulture, $"{unheard} of its {count} {Noun(contents, count)} unheard{match}");
    }
}
