using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Home;

/// <summary>
/// What a page needs while it is made and nobody keeps. Used again for the next page: a thousand candidates on eight shelves were a
/// third of a megabyte for each page, and half of all that a server allocated.
/// </summary>
/// <remarks>Belongs to one page at a time. Nothing here says anything about the page before.</remarks>
internal sealed class PageScratch
{
    /// <summary>About as many candidates as the sources bring.</summary>
    private const int MostConsidered = 1024;

    private static readonly SparePool<PageScratch> s_pool = new(static () => new PageScratch());

    private readonly Stack<List<Candidate>> _spare = new();
    private readonly List<List<Candidate>> _lent = [];

    /// <summary>For each playlist that a source brought, its place among <see cref="Allowed"/>.</summary>
    public Dictionary<int, int> Considered { get; } = new(MostConsidered);

    /// <summary>Every candidate that the filters let through, once.</summary>
    public List<Candidate> Allowed { get; } = new(MostConsidered);

    /// <summary>For each of <see cref="Allowed"/>, which of the tracks played last it holds, a bit for each.</summary>
    public List<byte> HoldsLatest { get; } = new(MostConsidered);

    public HashSet<int> Used { get; } = [];

    public Dictionary<UserId, NearListener> Near { get; } = [];

    public Dictionary<int, int> Followers { get; } = [];

    public HashSet<int> HiddenPlaylists { get; } = [];

    public HashSet<int> Yours { get; } = [];

    public HashSet<int> KnownArtists { get; } = [];

    public HashSet<int> Common { get; } = [];

    public HashSet<int> Seen { get; } = [];

    /// <summary>Playlists that are new here.</summary>
    public HashSet<int> Fresh { get; } = [];

    /// <summary>What links say of each track; of the page before, where the model has none.</summary>
    public LinkScores Links { get; } = new();

    /// <summary>How many cards of each owner; for whoever needs it at the moment.</summary>
    public Dictionary<UserId, int> Owners { get; } = [];

    public Dictionary<int, float[]> Features { get; } = [];

    public Dictionary<int, ulong> Hashes { get; } = [];

    /// <summary>For whoever needs it at the moment: playlists, and with them <see cref="Scores"/>.</summary>
    public int[] Playlists { get; } = new int[ShelfSources.NearestPlaylists];

    public float[] Scores { get; } = new float[ShelfSources.NearestPlaylists];

    /// <summary>Somebody else's tracks.</summary>
    public int[] Theirs { get; } = new int[UserTaste.MaxTracks];

    public TrackStances Stances { get; } = new();

    public static PageScratch Rent() => s_pool.Rent();

    /// <summary>An empty list of candidates, until the page is done.</summary>
    public List<Candidate> Candidates()
    {
        var list = _spare.TryPop(out var spare) ? spare : [];
        _lent.Add(list);
        return list;
    }

    public void Return()
    {
        foreach (var list in _lent)
        {
            list.Clear();
            _spare.Push(list);
        }

        _lent.Clear();
        Considered.Clear();
        Allowed.Clear();
        HoldsLatest.Clear();
        Used.Clear();
        Near.Clear();
        Followers.Clear();
        HiddenPlaylists.Clear();
        Yours.Clear();
        KnownArtists.Clear();
        Common.Clear();
        Seen.Clear();
        Fresh.Clear();
        Owners.Clear();
        Features.Clear();
        Hashes.Clear();
        Stances.Clear();
        s_pool.Return(this);
    }
}
