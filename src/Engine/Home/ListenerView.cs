using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Home;

/// <summary>A listener's facts arranged for one page: what is known, what is hidden, what speaks against.</summary>
internal sealed class ListenerView
{
    private static readonly long s_latelyMs = (long)TimeSpan.FromDays(7).TotalMilliseconds;

    private readonly PageScratch _scratch;
    private readonly TrackStances _stances;

    /// <summary>Arranges facts.</summary>
    /// <param name="facts">The listener's.</param>
    /// <param name="catalogue">Knows the artists.</param>
    /// <param name="nowMs">The present, Unix milliseconds; 0 leaves out what was played last.</param>
    /// <param name="scratch">The page's.</param>
    public ListenerView(UserTaste facts, MusicCatalogue catalogue, long nowMs, PageScratch scratch)
    {
        _scratch = scratch;
        _stances = scratch.Stances;
        var trackCount = catalogue.TrackCount;
        foreach (ref readonly var fact in facts.Tracks)
        {
            var stance = TrackStances.Heard;
            if ((fact.Marks & FactMarks.Hidden) != 0)
            {
                stance |= TrackStances.Hidden;
            }
            else if (UserTaste.IsKnown(fact))
            {
                stance = TrackStances.Known;
                if (catalogue.ArtistOf(new TrackIndex(fact.Track)) is >= 0 and var artist)
                {
                    KnownArtists.Add(artist);
                }
            }
            else if (fact.Against > fact.For)
            {
                stance = TrackStances.Disliked;
            }

            _stances.Add(fact.Track, stance, trackCount);
        }

        Latest = nowMs == 0 ? [] : FindLatest(facts, nowMs - s_latelyMs);
        for (var i = 0; i < Latest.Count; i++)
        {
            _stances.Add(Latest[i], 1 << (TrackStances.LatestShift + i), trackCount);
        }

        foreach (ref readonly var fact in facts.Playlists)
        {
            if ((fact.Marks & FactMarks.Hidden) != 0)
            {
                scratch.HiddenPlaylists.Add(fact.Playlist);
            }
            else if ((fact.Marks & YoursMarks) != 0)
            {
                scratch.Yours.Add(fact.Playlist);
            }
        }
    }

    /// <summary>What makes a playlist the listener's without being the owner's.</summary>
    public const FactMarks YoursMarks = FactMarks.Liked | FactMarks.Followed | FactMarks.Saved;

    public HashSet<int> KnownArtists => _scratch.KnownArtists;

    /// <summary>The known tracks of the last days that were played last, the latest first; a few.</summary>
    public IReadOnlyList<int> Latest { get; }

    public bool IsKnown(int track) => (_stances[track] & TrackStances.Word) == TrackStances.Known;

    public bool IsUnheard(int track) => (_stances[track] & TrackStances.Word) == 0;

    public bool IsHidden(PlaylistIndex playlist) => _scratch.HiddenPlaylists.Contains(playlist.Value);

    public int YoursCount => _scratch.Yours.Count;

    public bool IsYours(PlaylistIndex playlist) => _scratch.Yours.Contains(playlist.Value);

    /// <summary>How the listener stands to a playlist's tracks.</summary>
    /// <returns>Null where one of them is hidden: opening it would bring the track back.</returns>
    public TrackCounts? Count(PlaylistContents contents)
    {
        Span<int> counts = stackalloc int[TrackStances.Word + 1];
        counts.Clear();
        var all = 0;
        foreach (var track in contents.Ascending)
        {
            var stance = _stances[track];
            all |= stance;
            counts[stance & TrackStances.Word]++;
        }

        return (all & TrackStances.Hidden) != 0
            ? null
            : new TrackCounts(counts[TrackStances.Known], counts[0], counts[TrackStances.Disliked], (byte)(all >> TrackStances.LatestShift));
    }

    private List<int> FindLatest(UserTaste facts, long sinceMs)
    {
        var latest = new List<(long AtMs, int Track)>(TrackStances.MostLatest + 1);
        foreach (ref readonly var fact in facts.Tracks)
        {
            if (fact.LastAtMs >= sinceMs && fact.For > 0 && IsKnown(fact.Track) && (latest.Count < TrackStances.MostLatest || fact.LastAtMs > latest[^1].AtMs))
            {
                var playedAt = fact.LastAtMs;
                var at = latest.FindIndex(other => other.AtMs < playedAt);
                latest.Insert(at < 0 ? latest.Count : at, (fact.LastAtMs, fact.Track));
                if (latest.Count > TrackStances.MostLatest)
                {
                    latest.RemoveAt(TrackStances.MostLatest);
                }
            }
        }

        return latest.ConvertAll(pair => pair.Track);
    }
}

/// <summary>How a listener stands to the different tracks of a playlist.</summary>
/// <param name="Known">Tracks that are known.</param>
/// <param name="Unheard">Tracks that nothing was heard of.</param>
/// <param name="Disliked">Tracks that more speaks against than for.</param>
/// <param name="Latest">Which of <see cref="ListenerView.Latest"/> are among them, a bit for each.</param>
internal readonly record struct TrackCounts(int Known, int Unheard, int Disliked, byte Latest);
