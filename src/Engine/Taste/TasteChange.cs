namespace Buddies.Engine.Taste;

/// <summary>What one event changed in a listener's facts.</summary>
public struct TasteChange
{
    /// <summary>Whether a track's fact changed.</summary>
    public bool TrackChanged { get; set; }

    /// <summary>That track's position.</summary>
    public int Track { get; set; }

    /// <summary>Whether a fact is gone: the weakest gave way to this one, or nothing is left of this one.</summary>
    public bool Evicted { get; set; }

    /// <summary>Whether a playlist's fact changed.</summary>
    public bool PlaylistChanged { get; set; }
}

/// <summary>What a listener has said about one playlist; 16 bytes.</summary>
public struct PlaylistFact
{
    /// <summary>The playlist's position in this process's catalogue.</summary>
    public int Playlist { get; set; }

    /// <summary>Liked, hidden, followed, saved.</summary>
    public FactMarks Marks { get; set; }

    /// <summary>The newest event about it, Unix milliseconds.</summary>
    public long LastAtMs { get; set; }
}
