namespace Buddies.Engine.Bandits;

/// <summary>The shelves that a page may have, and what one may expect of each before anything was learned.</summary>
public static class Shelves
{
    /// <summary>Public playlists of the buddies.</summary>
    public const string Buddies = "buddies";

    /// <summary>Playlists near the taste.</summary>
    public const string Taste = "taste";

    /// <summary>Playlists near what is played now.</summary>
    public const string Now = "now";

    /// <summary>Playlists with a track that was played lately.</summary>
    public const string Because = "because";

    /// <summary>Playlists that buddies have followed lately.</summary>
    public const string Followed = "followed";

    /// <summary>Playlists that the listener follows, keeps or has played lately.</summary>
    public const string Again = "again";

    /// <summary>Exploration: new playlists and such as hold nothing that was heard.</summary>
    public const string New = "new";

    /// <summary>The most followed.</summary>
    public const string Popular = "popular";

    /// <summary>The most followed among listeners of like taste.</summary>
    public const string Near = "near";

    /// <summary>All of them, the most promising first.</summary>
    public static IReadOnlyList<string> All { get; } = [Now, Buddies, Taste, Again, Because, Followed, Near, New, Popular];

    /// <summary>
    /// Whether a shelf is ranked by the weights that a model has learned from past choices, where it has any. Where new things are tried out they speak
    /// against whatever nobody could choose yet; and what stands under "close to your taste" or "right now" must be close, however well other things do.
    /// </summary>
    /// <param name="shelf">A shelf's id.</param>
    public static bool TakesLearnedWeights(string shelf) => shelf is not (New or Taste or Now);

    /// <summary>The reward of a shelf on one page that one may expect of it before any was seen.</summary>
    /// <param name="shelf">A shelf's id; one that is not among <see cref="All"/> gets the mean of those that are.</param>
    /// <returns>From 0.16 down to 0.04.</returns>
    public static double StartOf(string shelf)
    {
        const double Highest = 0.16;
        const double Step = 0.015;
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i] == shelf)
            {
                return Highest - (Step * i);
            }
        }

        return Highest - (Step * (All.Count - 1) / 2);
    }
}
