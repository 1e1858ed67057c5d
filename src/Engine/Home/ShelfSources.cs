using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Home;

/// <summary>Where candidates come from: one method for each shelf, null where there is nothing honest to show.</summary>
internal sealed class ShelfSources(HomeInputs inputs, PageDraft page)
{
    /// <summary>Playlists drawn from the neighbourhood of the taste, and as many from that of the session.</summary>
    public const int NearestPlaylists = 256;

    /// <summary>A session shorter than this, of two full plays, says too little for a shelf of its own.</summary>
    private const float LeastSession = 0.25f;

    private const int FewestBecause = 2;
    private const int MostUnknown = 30;
    private const float LeastUnheard = 0.8f;
    private static readonly long s_latelyMs = (long)TimeSpan.FromDays(7).TotalMilliseconds;

    private readonly Reasons _reasons = new(inputs, page);

    /// <summary>Every shelf that has something to show.</summary>
    public List<ShelfOffer> All(bool withNew)
    {
        // The shelves at the end look through what those before them have brought.
        var offers = new ShelfOffer?[]
        {
            FromBuddies(),
            FromTaste(),
            FromSession(),
            FromFollows(),
            Again(),
            NearYou(),
            FromPopularity(),
            BecauseOf(),
            withNew ? SomethingNew() : null,
        }.OfType<ShelfOffer>().ToList();
        foreach (var offer in offers)
        {
            if (offer.Id != Shelves.Again)
            {
                // What is the listener's already has a shelf of its own.
                offer.Candidates.RemoveAll(candidate => page.Listener.IsYours(candidate.Playlist));
            }
        }

        offers.RemoveAll(offer => offer.Candidates.Count == 0);
        return offers;
    }

    public ShelfOffer FromBuddies()
    {
        var candidates = page.Scratch.Candidates();
        foreach (var owner in page.Near.Keys)
        {
            foreach (var playlist in inputs.Catalogue.PlaylistsOf(owner))
            {
                page.Consider(playlist, candidates);
            }
        }

        return new ShelfOffer(Shelves.Buddies, "From your buddies", candidates, false, 2, candidate =>
            _reasons.FromBuddy(page.Near[inputs.Catalogue.Describe(candidate.Playlist)!.Owner]));
    }

    /// <summary>One shelf for both: the fixed page has no other for the session.</summary>
    public ShelfOffer FromTasteAndSession() => TasteOffer(inputs.Taste, inputs.Session);

    public ShelfOffer FromPopularity()
    {
        // The most followed stay in the order of their followers: the shelf promises popularity, not taste.
        var candidates = page.Scratch.Candidates();
        foreach (var popular in inputs.Popular)
        {
            if (candidates.Count == page.MostInOrder)
            {
                break;
            }

            var before = candidates.Count;
            page.Consider(popular.Playlist, candidates);
            if (candidates.Count > before)
            {
                candidates[^1] = candidates[^1] with { Score = candidates[^1].Features.Popularity };
            }
        }

        return new ShelfOffer(Shelves.Popular, "Popular", candidates, true, int.MaxValue, _reasons.FromPopularity);
    }

    private ShelfOffer FromTaste() => TasteOffer(inputs.Taste);

    private ShelfOffer? FromSession()
    {
        var length = MathF.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares<float>(inputs.Session));
        if (length < LeastSession || inputs.Model is null)
        {
            return null;
        }

        var names = _reasons.SessionNames();
        return new ShelfOffer(Shelves.Now, "Right now", Nearest(inputs.Session), false, 2, candidate =>
            Reasons.FromSession(candidate.Features.SessionMatch / length, names));
    }

    private ShelfOffer? FromFollows()
    {
        if (inputs.NowMs == 0)
        {
            return null;
        }

        var followers = new Dictionary<int, List<NearListener>>();
        foreach (var follow in inputs.BuddyFollows)
        {
            if (inputs.NowMs - follow.AtMs <= s_latelyMs && page.Near.TryGetValue(follow.Follower, out var buddy))
            {
                if (!followers.TryGetValue(follow.Playlist.Value, out var buddies))
                {
                    followers[follow.Playlist.Value] = buddies = [];
                }

                if (!buddies.Contains(buddy))
                {
                    buddies.Add(buddy);
                }
            }
        }

        var candidates = page.Scratch.Candidates();
        foreach (var playlist in followers.Keys)
        {
            page.Consider(new PlaylistIndex(playlist), candidates);
        }

        return new ShelfOffer(Shelves.Followed, "Your buddies just followed", candidates, false, 2, candidate =>
            Reasons.FromFollowers(followers[candidate.Playlist.Value]));
    }

    private ShelfOffer Again()
    {
        var last = new Dictionary<int, long>();
        foreach (var played in inputs.Played)
        {
            last[played.Playlist.Value] = played.LastAtMs;
        }

        foreach (ref readonly var fact in inputs.Facts.Playlists)
        {
            if ((fact.Marks & ListenerView.YoursMarks) != 0)
            {
                last[fact.Playlist] = Math.Max(fact.LastAtMs, last.GetValueOrDefault(fact.Playlist));
            }
        }

        var candidates = page.Scratch.Candidates();
        foreach (var (playlist, _) in last.OrderByDescending(pair => pair.Value).ThenBy(pair => inputs.Catalogue.IdOf(new PlaylistIndex(pair.Key)).Value, StringComparer.Ordinal))
        {
            page.Consider(new PlaylistIndex(playlist), candidates);
        }

        return new ShelfOffer(Shelves.Again, "Jump back in", candidates, true, int.MaxValue, candidate =>
            Reasons.FromHistory(inputs.Facts.MarksOf(candidate.Playlist), last[candidate.Playlist.Value]));
    }

    private ShelfOffer NearYou()
    {
        var candidates = page.Scratch.Candidates();
        var followers = new Dictionary<int, int>(inputs.PopularNear.Count);
        foreach (var near in inputs.PopularNear)
        {
            if (near.Followers > 0 && page.HasTaste && followers.TryAdd(near.Playlist.Value, near.Followers))
            {
                page.Consider(near.Playlist, candidates);
            }
        }

        return new ShelfOffer(Shelves.Near, "Popular near you", candidates, true, int.MaxValue, candidate =>
            Reasons.FromNeighbours(followers[candidate.Playlist.Value]));
    }

    /// <summary>The latest known track that enough of the candidates hold.</summary>
    private ShelfOffer? BecauseOf()
    {
        for (var latest = 0; latest < page.Listener.Latest.Count; latest++)
        {
            if (inputs.Catalogue.Describe(new TrackIndex(page.Listener.Latest[latest])) is not { Title.Length: > 0 } described)
            {
                continue;
            }

            var candidates = page.Scratch.Candidates();
            for (var i = 0; i < page.Considered.Count; i++)
            {
                if (page.HoldsLatest(i, latest))
                {
                    candidates.Add(page.Considered[i]);
                }
            }

            if (candidates.Count >= FewestBecause)
            {
                return new ShelfOffer(Shelves.Because, $"Because you played {described.Title}", candidates, false, 2, candidate =>
                    _reasons.FromTrack(candidate, described));
            }
        }

        return null;
    }

    /// <summary>Exploration: what is new, and what holds next to nothing that was heard.</summary>
    private ShelfOffer SomethingNew()
    {
        var candidates = page.Scratch.Candidates();
        var fresh = new HashSet<int>();
        foreach (var playlist in inputs.Fresh)
        {
            if (fresh.Add(playlist.Value))
            {
                page.Consider(playlist, candidates);
            }
        }

        // Of one whose taste nobody knows, anything may be the beginning of it: what is popular, but not the most so. One card
        // of an owner is shown here, and what is new comes first.
        var owners = page.HasTaste ? [] : candidates.Select(candidate => inputs.Catalogue.Describe(candidate.Playlist)!.Owner).ToHashSet();
        for (var i = Math.Max(0, page.Considered.Count - MostUnknown); i < page.Considered.Count && !page.HasTaste; i++)
        {
            if (page.Considered[i] is { KnownTracks: 0 } unknown && !owners.Contains(inputs.Catalogue.Describe(unknown.Playlist)!.Owner))
            {
                candidates.Add(unknown);
            }
        }

        foreach (var candidate in page.Considered)
        {
            if (page.HasTaste && candidate.KnownTracks == 0 && candidate.Features.UnheardShare >= LeastUnheard
                && candidate.Features.TasteMatch > 0 && !fresh.Contains(candidate.Playlist.Value))
            {
                candidates.Add(candidate);
            }
        }

        return new ShelfOffer(Shelves.New, "Something new", candidates, false, 1, candidate =>
            _reasons.FromExploration(candidate, fresh.Contains(candidate.Playlist.Value)));
    }

    private ShelfOffer TasteOffer(params float[][] directions) =>
        new(Shelves.Taste, "Close to your taste", page.HasTaste ? Nearest(directions) : page.Scratch.Candidates(), false, 2, _reasons.FromTaste);

    private List<Candidate> Nearest(params float[][] directions)
    {
        var candidates = page.Scratch.Candidates();
        var (playlists, scores, seen) = (page.Scratch.Playlists, page.Scratch.Scores, page.Scratch.Seen);
        seen.Clear();
        foreach (var direction in directions)
        {
            var count = direction.AsSpan().ContainsAnyExcept(0f) ? inputs.Model!.FindPlaylists(direction, playlists, scores) : 0;
            for (var i = 0; i < count; i++)
            {
                if (scores[i] > 0 && seen.Add(playlists[i]))
                {
                    page.Consider(new PlaylistIndex(playlists[i]), candidates);
                }
            }
        }

        return candidates;
    }
}
