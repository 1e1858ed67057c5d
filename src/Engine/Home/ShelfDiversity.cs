using System.Numerics.Tensors;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Home;

/// <summary>Keeps a shelf from being ten of one kind, or of one owner.</summary>
internal static class ShelfDiversity
{
    /// <summary>λ of maximal marginal relevance: the share of relevance against novelty (Carbonell, Goldstein 1998).</summary>
    private const float Relevance = 0.8f;

    /// <summary>Takes the best by relevance less the likeness to what is already taken.</summary>
    /// <param name="inputs">Where vectors and owners come from.</param>
    /// <param name="scratch">The page's.</param>
    /// <param name="candidates">Best first.</param>
    /// <param name="perOwner">Most of one owner.</param>
    /// <param name="cards">Cards on the shelf: the pool is four times as many.</param>
    /// <param name="wanted">How many to take.</param>
    /// <returns>In the order in which they were taken.</returns>
    public static List<Candidate> Choose(HomeInputs inputs, PageScratch scratch, List<Candidate> candidates, int perOwner, int cards, int wanted)
    {
        var pool = DrawPool(inputs, scratch, candidates, perOwner, 4 * cards);
        var nearest = new float[pool.Count];
        var owners = scratch.Owners;
        owners.Clear();
        var chosen = scratch.Candidates();
        var taken = new bool[pool.Count];
        while (chosen.Count < wanted)
        {
            var best = -1;
            var bestScore = float.NegativeInfinity;
            for (var i = 0; i < pool.Count; i++)
            {
                if (!taken[i] && (Relevance * pool[i].Score) - ((1 - Relevance) * nearest[i]) is var score && score > bestScore)
                {
                    best = i;
                    bestScore = score;
                }
            }

            if (best < 0)
            {
                return chosen;
            }

            taken[best] = true;
            var owner = inputs.Catalogue.Describe(pool[best].Playlist)!.Owner;
            if (owners.TryGetValue(owner, out var count) && count >= perOwner)
            {
                continue;
            }

            owners[owner] = count + 1;
            chosen.Add(pool[best]);
            var vector = inputs.Model!.PlaylistVector(pool[best].Playlist.Value);
            for (var i = 0; i < pool.Count && vector.Length > 0; i++)
            {
                var other = taken[i] ? [] : inputs.Model.PlaylistVector(pool[i].Playlist.Value);
                if (other.Length > 0)
                {
                    nearest[i] = Math.Max(nearest[i], TensorPrimitives.Dot(vector, other));
                }
            }
        }

        return chosen;
    }

    /// <summary>
    /// The best candidates, enough of them to choose from: four for each card, and of one owner four for each card that
    /// the owner may have, or the many playlists of the nearest buddy would leave nothing to fill the shelf with.
    /// </summary>
    private static List<Candidate> DrawPool(HomeInputs inputs, PageScratch scratch, List<Candidate> candidates, int perOwner, int size)
    {
        var pool = scratch.Candidates();
        var owners = scratch.Owners;
        owners.Clear();
        foreach (var candidate in candidates)
        {
            if (pool.Count == size)
            {
                break;
            }

            var owner = inputs.Catalogue.Describe(candidate.Playlist)!.Owner;
            var count = owners.GetValueOrDefault(owner);
            if (count < 4 * perOwner)
            {
                owners[owner] = count + 1;
                pool.Add(candidate);
            }
        }

        return pool;
    }
}
