using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Grains.Wire;

/// <summary>How a <see cref="TasteTrack"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.TasteTrack")]
public record struct TasteTrackWire
{
    [Id(0)]
    public string Track { get; set; }

    [Id(1)]
    public string Title { get; set; }

    [Id(2)]
    public string Artist { get; set; }

    [Id(3)]
    public float Weight { get; set; }

    [Id(4)]
    public bool Liked { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class TasteTrackConverter : IConverter<TasteTrack, TasteTrackWire>
{
    /// <inheritdoc/>
    public TasteTrack ConvertFromSurrogate(in TasteTrackWire surrogate) =>
        new(new TrackId(surrogate.Track), surrogate.Title, surrogate.Artist, surrogate.Weight, surrogate.Liked);

    /// <inheritdoc/>
    public TasteTrackWire ConvertToSurrogate(in TasteTrack value) =>
        new() { Track = value.Track.Value, Title = value.Title, Artist = value.Artist, Weight = value.Weight, Liked = value.Liked };
}

/// <summary>How a <see cref="TasteShare"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.TasteShare")]
public record struct TasteShareWire
{
    [Id(0)]
    public string Name { get; set; }

    [Id(1)]
    public float Share { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class TasteShareConverter : IConverter<TasteShare, TasteShareWire>
{
    /// <inheritdoc/>
    public TasteShare ConvertFromSurrogate(in TasteShareWire surrogate) =>
        new(surrogate.Name, surrogate.Share);

    /// <inheritdoc/>
    public TasteShareWire ConvertToSurrogate(in TasteShare value) =>
        new() { Name = value.Name, Share = value.Share };
}

/// <summary>How a <see cref="TasteCounts"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.TasteCounts")]
public record struct TasteCountsWire
{
    [Id(0)]
    public int Tracks { get; set; }

    [Id(1)]
    public int Artists { get; set; }

    [Id(2)]
    public long Events { get; set; }

    [Id(3)]
    public int Likes { get; set; }

    [Id(4)]
    public int Hidden { get; set; }

    [Id(5)]
    public int Follows { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class TasteCountsConverter : IConverter<TasteCounts, TasteCountsWire>
{
    /// <inheritdoc/>
    public TasteCounts ConvertFromSurrogate(in TasteCountsWire surrogate) =>
        new(surrogate.Tracks, surrogate.Artists, surrogate.Events, surrogate.Likes, surrogate.Hidden, surrogate.Follows);

    /// <inheritdoc/>
    public TasteCountsWire ConvertToSurrogate(in TasteCounts value) =>
        new() { Tracks = value.Tracks, Artists = value.Artists, Events = value.Events, Likes = value.Likes, Hidden = value.Hidden, Follows = value.Follows };
}

/// <summary>How a <see cref="TasteSummary"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.TasteSummary")]
public record struct TasteSummaryWire
{
    [Id(0)]
    public string User { get; set; }

    [Id(1)]
    public int Version { get; set; }

    [Id(2)]
    public TasteTrack[] TopTracks { get; set; }

    [Id(3)]
    public TasteShare[] TopArtists { get; set; }

    [Id(4)]
    public TasteShare[] TopTags { get; set; }

    [Id(5)]
    public TasteCounts Counts { get; set; }

    [Id(6)]
    public TrackId[] HiddenTracks { get; set; }

    [Id(7)]
    public PlaylistId[] HiddenPlaylists { get; set; }

    [Id(8)]
    public PlaylistId[] FollowedPlaylists { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class TasteSummaryConverter : IConverter<TasteSummary, TasteSummaryWire>
{
    /// <inheritdoc/>
    public TasteSummary ConvertFromSurrogate(in TasteSummaryWire surrogate) =>
        new(
            new UserId(surrogate.User),
            new SnapshotVersion(surrogate.Version),
            surrogate.TopTracks,
            surrogate.TopArtists,
            surrogate.TopTags,
            surrogate.Counts,
            surrogate.HiddenTracks,
            surrogate.HiddenPlaylists,
            surrogate.FollowedPlaylists);

    /// <inheritdoc/>
    public TasteSummaryWire ConvertToSurrogate(in TasteSummary value) =>
        new() { User = value.User.Value, Version = value.Version.Value, TopTracks = [.. value.TopTracks], TopArtists = [.. value.TopArtists], TopTags = [.. value.TopTags], Counts = value.Counts, HiddenTracks = [.. value.HiddenTracks], HiddenPlaylists = [.. value.HiddenPlaylists], FollowedPlaylists = [.. value.FollowedPlaylists] };
}
