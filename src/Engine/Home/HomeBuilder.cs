using System.Numerics.Tensors;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Home;

/// <summary>
/// Makes a page in stages that can be told apart: candidates from three sources, filters, features and scores, diversity,
/// shelves with reasons. A pure function of its inputs.
/// </summary>
public static class HomeBuilder
{
    /// <summary>Playlists drawn from the neighbourhood of the taste, and as many from that of the session.</summary>
    private const int NearestPlaylists = 256;

    /// <summary>A listener less similar than this is no buddy worth quoting.</summary>
    private const float LeastSimilarity = 0.1f;

    /// <summary>Makes a listener's page.</summary>
    /// <param name="inputs">All that it is made of.</param>
    /// <param name="request">Its shape.</param>
    /// <param name="sequence">The number it will carry.</param>
    /// <returns>The page; without history it has one shelf, and says so by its source <c>popular</c>.</returns>
    public static HomePage Build(HomeInputs inputs, HomeRequest request, long sequence)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(request);
        var page = new PageDraft(inputs, request);
        var reasons = new Reasons(inputs, page.Listener);
        var hasTaste = inputs.Model is not null && inputs.Taste.AsSpan().ContainsAnyExcept(0f);
        if (hasTaste)
        {
            var near = new Dictionary<UserId, NearListener>(inputs.Buddies.Count);
            foreach (var buddy in inputs.Buddies)
            {
                if (buddy.Similarity >= LeastSimilarity)
                {
                    near.TryAdd(buddy.User, buddy);
                }
            }

            page.AddShelf(
                "buddies",
                "From your buddies",
                "buddies",
                BuddyCandidates(inputs, page, near),
                perOwner: 2,
                candidate => reasons.FromBuddy(near[inputs.Catalogue.Describe(candidate.Playlist)!.Owner]));
            page.AddShelf(
                "taste",
                "Close to your taste",
                "taste",
                TasteCandidates(inputs, page, near),
                perOwner: 2,
                reasons.FromTaste);
        }

        page.AddShelf("popular", "Popular", "popular", PopularCandidates(inputs, page), perOwner: int.MaxValue, reasons.FromPopularity);
        return page.Finish(inputs.Model?.Version ?? default, sequence);
    }

    private static List<Candidate> BuddyCandidates(HomeInputs inputs, PageDraft page, Dictionary<UserId, NearListener> near)
    {
        var candidates = new List<Candidate>();
        foreach (var (owner, buddy) in near)
        {
            foreach (var playlist in inputs.Catalogue.PlaylistsOf(owner))
            {
                page.Consider(playlist, buddy.Similarity, candidates);
            }
        }

        return candidates;
    }

    private static List<Candidate> TasteCandidates(HomeInputs inputs, PageDraft page, Dictionary<UserId, NearListener> near)
    {
        var candidates = new List<Candidate>();
        var playlists = new int[NearestPlaylists];
        var scores = new float[NearestPlaylists];
        var seen = new HashSet<int>();
        foreach (var direction in (ReadOnlySpan<float[]>)[inputs.Taste, inputs.Session])
        {
            if (!direction.AsSpan().ContainsAnyExcept(0f))
            {
                continue;
            }

            var count = inputs.Model!.FindPlaylists(direction, playlists, scores);
            for (var i = 0; i < count; i++)
            {
                if (scores[i] > 0 && seen.Add(playlists[i]))
                {
                    var playlist = new PlaylistIndex(playlists[i]);
                    var owner = inputs.Catalogue.Describe(playlist)?.Owner;
                    page.Consider(playlist, owner is { } o && near.TryGetValue(o, out var buddy) ? buddy.Similarity : 0, candidates);
                }
            }
        }

        return candidates;
    }

    /// <summary>The most followed stay in the order of their followers: the shelf promises popularity, not taste.</summary>
    private static List<Candidate> PopularCandidates(HomeInputs inputs, PageDraft page)
    {
        var candidates = new List<Candidate>();
        foreach (var popular in inputs.Popular)
        {
            var before = candidates.Count;
            page.Consider(popular.Playlist, 0, candidates);
            if (candidates.Count > before)
            {
                candidates[^1] = candidates[^1] with { Score = candidates[^1].Features.Popularity };
            }
        }

        return candidates;
    }

    internal static float Match(ReadOnlySpan<float> unitDirection, ReadOnlySpan<float> unitPlaylist) =>
        unitPlaylist.Length == 0 ? 0 : TensorPrimitives.Dot(unitDirection, unitPlaylist);
}
