using Buddies.Engine.Identifiers;

namespace Buddies.Training.Import;

/// <summary>What becomes an item of the world.</summary>
public enum ItemLevel
{
    /// <summary>Every track by its own id.</summary>
    Track,

    /// <summary>Every artist by <see cref="ArtistKey"/>, so that datasets join on names.</summary>
    Artist,
}

/// <summary>How to import.</summary>
public sealed class ImportOptions
{
    /// <summary>What items are, for datasets that know tracks and artists. HetRec knows artists only, the Taste Profile tracks only.</summary>
    public ItemLevel By { get; init; } = ItemLevel.Track;

    /// <summary>Whether the first bad row ends the import with nothing imported; else bad rows are counted and left out.</summary>
    public bool Strict { get; init; }

    /// <summary>The time of events that carry none, and the newest time under <see cref="ShiftToNow"/>; null for the present.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Whether times of listening move by one constant so that the newest becomes the import moment (Last.fm 1K only).</summary>
    public bool ShiftToNow { get; init; }

    /// <summary>The tracks that the catalogue held before the import, for the match rate; empty for none.</summary>
    public IReadOnlySet<TrackId> KnownTracks { get; init; } = new HashSet<TrackId>();

    /// <summary>Where the present comes from.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
