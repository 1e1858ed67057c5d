namespace Buddies.Engine.Taste;

/// <summary>What a listener has said about one track, free of any model; 32 bytes.</summary>
/// <remarks>
/// Amounts of evidence decay exponentially and are kept as of <see cref="LastAtMs"/>; bringing them to another time is
/// one multiplication, so nothing needs touching as time goes by (forward decay; Cormode, Shkapenyuk, Srivastava, Xu 2009).
/// </remarks>
public struct TrackFact
{
    /// <summary>The track's position in this process's catalogue.</summary>
    public int Track { get; set; }

    /// <summary>Evidence for it as of <see cref="LastAtMs"/>, long horizon, in full plays.</summary>
    public float For { get; set; }

    /// <summary>Evidence against it as of <see cref="LastAtMs"/>, long horizon, in full plays.</summary>
    public float Against { get; set; }

    /// <summary>Evidence for it as of <see cref="LastAtMs"/>, session horizon, in full plays.</summary>
    public float Session { get; set; }

    /// <summary>The newest event that touched this fact, Unix milliseconds.</summary>
    public long LastAtMs { get; set; }

    /// <summary>Liked or hidden.</summary>
    public FactMarks Marks { get; set; }

    /// <summary>Whether the fact must survive when room is short.</summary>
    public readonly bool IsPinned => Marks != FactMarks.None;
}

/// <summary>A listener's explicit word on a track or a playlist.</summary>
[Flags]
public enum FactMarks
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Liked.</summary>
    Liked = 1,

    /// <summary>Hidden: must not come back.</summary>
    Hidden = 2,

    /// <summary>A followed playlist.</summary>
    Followed = 4,

    /// <summary>A kept playlist.</summary>
    Saved = 8,
}
