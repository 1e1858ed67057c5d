using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Taste;

/// <summary>Tells a taste in musical facts.</summary>
public static class TasteDescriber
{
    private const int MostTracks = 50;
    private const int MostNames = 20;

    /// <summary>Describes a listener's facts.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="version">The model version that serves the listener.</param>
    /// <param name="facts">The facts.</param>
    /// <param name="catalogue">Names for them.</param>
    /// <returns>The strongest tracks, artists and tags by the confidence that the model gives them; hidden things apart.</returns>
    public static TasteSummary Describe(UserId user, SnapshotVersion version, UserTaste facts, MusicCatalogue catalogue)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(catalogue);
        var tracks = new List<TasteTrack>();
        var hidden = new List<TrackId>();
        var artists = new Dictionary<string, float>();
        var tags = new Dictionary<string, float>();
        var likes = 0;
        var mean = facts.ComputeMeanEvidence();
        foreach (ref readonly var fact in facts.Tracks)
        {
            var index = new TrackIndex(fact.Track);
            likes += (fact.Marks & FactMarks.Liked) != 0 ? 1 : 0;
            if ((fact.Marks & FactMarks.Hidden) != 0)
            {
                hidden.Add(catalogue.IdOf(index));
            }
            else if (UserTaste.IsKnown(fact))
            {
                var weight = (float)facts.Weigh(fact, mean).Confidence;
                var track = catalogue.Describe(index);
                tracks.Add(new TasteTrack(
                    catalogue.IdOf(index),
                    track?.Title ?? catalogue.IdOf(index).Value,
                    track?.Artist ?? "",
                    weight,
                    (fact.Marks & FactMarks.Liked) != 0));
                if (track is { Artist.Length: > 0 })
                {
                    Add(artists, track.Artist, weight);
                }

                AddTags(tags, track, weight);
            }
        }

        tracks.Sort((left, right) => right.Weight.CompareTo(left.Weight) is not 0 and var order
            ? order : string.CompareOrdinal(left.Track.Value, right.Track.Value));
        var (hiddenPlaylists, followed) = (new List<PlaylistId>(), new List<PlaylistId>());
        foreach (ref readonly var fact in facts.Playlists)
        {
            likes += (fact.Marks & FactMarks.Liked) != 0 ? 1 : 0;
            if ((fact.Marks & FactMarks.Hidden) != 0)
            {
                hiddenPlaylists.Add(catalogue.IdOf(new PlaylistIndex(fact.Playlist)));
            }

            if ((fact.Marks & FactMarks.Followed) != 0)
            {
                followed.Add(catalogue.IdOf(new PlaylistIndex(fact.Playlist)));
            }
        }

        var counts = new TasteCounts(facts.TrackCount, artists.Count, facts.EventCount, likes, hidden.Count + hiddenPlaylists.Count, followed.Count);
        return new TasteSummary(
            user, version, tracks.Count > MostTracks ? tracks[..MostTracks] : tracks, Shares(artists), Shares(tags), counts, hidden, hiddenPlaylists, followed);
    }

    /// <summary>A track's first tag says more than its last: the n-th counts 1/n, and all of a track's tags share its weight.</summary>
    private static void AddTags(Dictionary<string, float> tags, Track? track, float weight)
    {
        var total = 0f;
        for (var i = 0; i < track?.Tags.Count; i++)
        {
            total += 1f / (i + 1);
        }

        for (var i = 0; i < track?.Tags.Count; i++)
        {
            Add(tags, track.Tags[i], weight / (i + 1) / total);
        }
    }

    private static void Add(Dictionary<string, float> sums, string name, float weight) =>
        sums[name] = sums.GetValueOrDefault(name) + weight;

    private static List<TasteShare> Shares(Dictionary<string, float> sums)
    {
        var total = 0f;
        var shares = new List<TasteShare>(sums.Count);
        foreach (var weight in sums.Values)
        {
            total += weight;
        }

        foreach (var (name, weight) in sums)
        {
            shares.Add(new TasteShare(name, total > 0 ? weight / total : 0));
        }

        shares.Sort((left, right) => right.Share.CompareTo(left.Share) is not 0 and var order ? order : string.CompareOrdinal(left.Name, right.Name));
        return shares.Count > MostNames ? shares[..MostNames] : shares;
    }
}
