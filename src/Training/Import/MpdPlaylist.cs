namespace Buddies.Training.Import;

/// <summary>One playlist as an MPD slice tells of it; the fields that Buddies uses.</summary>
internal sealed class MpdPlaylist
{
    /// <summary>Where it begins in the file.</summary>
    public required long Offset { get; init; }

    /// <summary>Its number in the slice; null when missing.</summary>
    public long? Pid { get; set; }

    public string Name { get; set; } = "";

    /// <summary>Seconds since 1970; null in reduced slices.</summary>
    public long? ModifiedAt { get; set; }

    public int Followers { get; set; }

    public List<MpdEntry> Entries { get; } = [];

    /// <summary>What is wrong with the playlist as a whole; null when nothing is.</summary>
    public string? Problem { get; set; }
}

/// <summary>One entry of a playlist.</summary>
/// <param name="Track">The track's URI; null when missing.</param>
/// <param name="Title">The track's name; empty when missing.</param>
/// <param name="Artist">The artist's name; null when missing.</param>
/// <param name="Offset">Where the entry begins in the file.</param>
/// <param name="Problem">What is wrong with it; null when nothing is.</param>
internal readonly record struct MpdEntry(string? Track, string Title, string? Artist, long Offset, string? Problem);
