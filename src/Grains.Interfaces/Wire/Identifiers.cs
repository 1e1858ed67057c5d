using Buddies.Engine.Identifiers;

namespace Buddies.Grains.Wire;

/// <summary>How a <see cref="UserId"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.UserId")]
public record struct UserIdWire
{
    [Id(0)]
    public string Value { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class UserIdConverter : IConverter<UserId, UserIdWire>
{
    /// <inheritdoc/>
    public UserId ConvertFromSurrogate(in UserIdWire surrogate) =>
        new(surrogate.Value);

    /// <inheritdoc/>
    public UserIdWire ConvertToSurrogate(in UserId value) =>
        new() { Value = value.Value };
}

/// <summary>How a <see cref="TrackId"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.TrackId")]
public record struct TrackIdWire
{
    [Id(0)]
    public string Value { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class TrackIdConverter : IConverter<TrackId, TrackIdWire>
{
    /// <inheritdoc/>
    public TrackId ConvertFromSurrogate(in TrackIdWire surrogate) =>
        new(surrogate.Value);

    /// <inheritdoc/>
    public TrackIdWire ConvertToSurrogate(in TrackId value) =>
        new() { Value = value.Value };
}

/// <summary>How a <see cref="PlaylistId"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.PlaylistId")]
public record struct PlaylistIdWire
{
    [Id(0)]
    public string Value { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class PlaylistIdConverter : IConverter<PlaylistId, PlaylistIdWire>
{
    /// <inheritdoc/>
    public PlaylistId ConvertFromSurrogate(in PlaylistIdWire surrogate) =>
        new(surrogate.Value);

    /// <inheritdoc/>
    public PlaylistIdWire ConvertToSurrogate(in PlaylistId value) =>
        new() { Value = value.Value };
}
