using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;

namespace Buddies.Grains.Wire;

/// <summary>How a <see cref="Track"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.Track")]
public record struct TrackWire
{
    [Id(0)]
    public string Id { get; set; }

    [Id(1)]
    public string Title { get; set; }

    [Id(2)]
    public string Artist { get; set; }

    [Id(3)]
    public string[] Tags { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class TrackConverter : IConverter<Track, TrackWire>
{
    /// <inheritdoc/>
    public Track ConvertFromSurrogate(in TrackWire surrogate) =>
        new(new TrackId(surrogate.Id), surrogate.Title, surrogate.Artist, surrogate.Tags);

    /// <inheritdoc/>
    public TrackWire ConvertToSurrogate(in Track value) =>
        new() { Id = value.Id.Value, Title = value.Title, Artist = value.Artist, Tags = [.. value.Tags] };
}

/// <summary>How a <see cref="Playlist"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.Playlist")]
public record struct PlaylistWire
{
    [Id(0)]
    public string Id { get; set; }

    [Id(1)]
    public string Title { get; set; }

    [Id(2)]
    public string Owner { get; set; }

    [Id(3)]
    public bool IsPublic { get; set; }

    [Id(4)]
    public string[] Tracks { get; set; }

    [Id(5)]
    public int Followers { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class PlaylistConverter : IConverter<Playlist, PlaylistWire>
{
    /// <inheritdoc/>
    public Playlist ConvertFromSurrogate(in PlaylistWire surrogate) =>
        new(new PlaylistId(surrogate.Id), surrogate.Title, new UserId(surrogate.Owner), surrogate.IsPublic, [.. surrogate.Tracks.Select(id => new TrackId(id))], surrogate.Followers);

    /// <inheritdoc/>
    public PlaylistWire ConvertToSurrogate(in Playlist value) =>
        new() { Id = value.Id.Value, Title = value.Title, Owner = value.Owner.Value, IsPublic = value.IsPublic, Tracks = [.. value.Tracks.Select(track => track.Value)], Followers = value.Followers };
}

/// <summary>How a <see cref="PlaylistEntry"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.PlaylistEntry")]
public record struct PlaylistEntryWire
{
    [Id(0)]
    public string Track { get; set; }

    [Id(1)]
    public string Title { get; set; }

    [Id(2)]
    public string Artist { get; set; }

    [Id(3)]
    public int Times { get; set; }

    [Id(4)]
    public bool Known { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class PlaylistEntryConverter : IConverter<PlaylistEntry, PlaylistEntryWire>
{
    /// <inheritdoc/>
    public PlaylistEntry ConvertFromSurrogate(in PlaylistEntryWire surrogate) =>
        new(new TrackId(surrogate.Track), surrogate.Title, surrogate.Artist, surrogate.Times, surrogate.Known);

    /// <inheritdoc/>
    public PlaylistEntryWire ConvertToSurrogate(in PlaylistEntry value) =>
        new() { Track = value.Track.Value, Title = value.Title, Artist = value.Artist, Times = value.Times, Known = value.Known };
}

/// <summary>How a <see cref="PlaylistView"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.PlaylistView")]
public record struct PlaylistViewWire
{
    [Id(0)]
    public string Playlist { get; set; }

    [Id(1)]
    public string Title { get; set; }

    [Id(2)]
    public string Owner { get; set; }

    [Id(3)]
    public int Followers { get; set; }

    [Id(4)]
    public PlaylistEntry[] Entries { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class PlaylistViewConverter : IConverter<PlaylistView, PlaylistViewWire>
{
    /// <inheritdoc/>
    public PlaylistView ConvertFromSurrogate(in PlaylistViewWire surrogate) =>
        new(new PlaylistId(surrogate.Playlist), surrogate.Title, new UserId(surrogate.Owner), surrogate.Followers, surrogate.Entries);

    /// <inheritdoc/>
    public PlaylistViewWire ConvertToSurrogate(in PlaylistView value) =>
        new() { Playlist = value.Playlist.Value, Title = value.Title, Owner = value.Owner.Value, Followers = value.Followers, Entries = [.. value.Entries] };
}
