using Buddies.Engine.Bandits;

namespace Buddies.Engine.Insights;

/// <summary>What is counted together: one hour, shelf, group of listeners, way of deciding and model version.</summary>
/// <param name="Hour">Hours since 1970.</param>
/// <param name="Shelf">The shelf's id, which is its cards' source too.</param>
/// <param name="Group">0 to 3: new, light, regular, heavy (<see cref="Segments"/>).</param>
/// <param name="Slice">By the policy, or uniformly.</param>
/// <param name="Version">The model version.</param>
public readonly record struct InsightKey(long Hour, string Shelf, int Group, PageSlice Slice, int Version);

/// <summary>What came of cards.</summary>
public sealed class InsightTally
{
    /// <summary>Cards on pages that were sent.</summary>
    public long Cards { get; set; }

    /// <summary>Cards that a client has said were visible.</summary>
    public long Seen { get; set; }

    /// <summary>Cards opened.</summary>
    public long Clicks { get; set; }

    /// <summary>Plays of 30 s or more.</summary>
    public long Plays { get; set; }

    /// <summary>Time listened, milliseconds.</summary>
    public long ListenMs { get; set; }

    /// <summary>Likes of the playlist or its tracks.</summary>
    public long Likes { get; set; }

    /// <summary>Follows and saves.</summary>
    public long Kept { get; set; }

    /// <summary>Hides of the playlist or its tracks.</summary>
    public long Hides { get; set; }

    /// <summary>Tracks left within 30 s.</summary>
    public long FastSkips { get; set; }

    /// <summary>Adds another tally to this one.</summary>
    /// <param name="other">The other.</param>
    public void Add(InsightTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Cards += other.Cards;
        Seen += other.Seen;
        Clicks += other.Clicks;
        Plays += other.Plays;
        ListenMs += other.ListenMs;
        Likes += other.Likes;
        Kept += other.Kept;
        Hides += other.Hides;
        FastSkips += other.FastSkips;
    }
}

/// <summary>How far listeners got who saw their first page without any history, by the day of that page.</summary>
public sealed record ColdStartTally
{
    /// <summary>Listeners who were sent a first page without history.</summary>
    public long Started { get; set; }

    /// <summary>Of these, who opened a card or played from one.</summary>
    public long Opened { get; set; }

    /// <summary>Of these, who played a track for 30 s.</summary>
    public long Played { get; set; }

    /// <summary>Of these, who played three tracks for 30 s.</summary>
    public long PlayedThree { get; set; }

    /// <summary>Of these, who then were sent a page with a shelf of their own taste.</summary>
    public long Personal { get; set; }

    /// <summary>Of these, who kept something: a like, a save, a follow.</summary>
    public long Kept { get; set; }

    /// <summary>Adds another tally to this one.</summary>
    /// <param name="other">The other.</param>
    public void Add(ColdStartTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Started += other.Started;
        Opened += other.Opened;
        Played += other.Played;
        PlayedThree += other.PlayedThree;
        Personal += other.Personal;
        Kept += other.Kept;
    }
}

/// <summary>A playlist's cards over some days.</summary>
/// <param name="Playlist">Its id.</param>
/// <param name="Title">Its title; empty where the catalogue no longer has it.</param>
/// <param name="Tally">What came of its cards.</param>
public sealed record PlaylistInsight(string Playlist, string Title, InsightTally Tally);

/// <summary>An hour of listening.</summary>
/// <param name="Hour">Hours since 1970.</param>
/// <param name="RecommendedMs">Time listened to playlists from cards that were shown before, within the rewards' window.</param>
/// <param name="OtherMs">All other time listened.</param>
public sealed record ListeningHour(long Hour, long RecommendedMs, long OtherMs);

/// <summary>What was counted over some days.</summary>
/// <param name="Cells">By hour, shelf, group, slice and version.</param>
/// <param name="Listening">By hour.</param>
/// <param name="Playlists">Playlists with the most cards, plays and keeps.</param>
/// <param name="ColdStart">By day since 1970.</param>
/// <param name="PolicyVersion">The version of what Home has learned.</param>
/// <param name="PagesLearned">Pages that it has learned from, ever.</param>
public sealed record InsightReport(
    IReadOnlyList<KeyValuePair<InsightKey, InsightTally>> Cells,
    IReadOnlyList<ListeningHour> Listening,
    IReadOnlyList<PlaylistInsight> Playlists,
    IReadOnlyList<KeyValuePair<long, ColdStartTally>> ColdStart,
    int PolicyVersion,
    long PagesLearned);
