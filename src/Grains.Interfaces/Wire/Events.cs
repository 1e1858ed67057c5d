using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Grains.Wire;

/// <summary>How a <see cref="UserEvent"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.UserEvent")]
public record struct UserEventWire
{
    [Id(0)]
    public string Id { get; set; }

    [Id(1)]
    public string User { get; set; }

    [Id(2)]
    public byte Kind { get; set; }

    [Id(3)]
    public string? Track { get; set; }

    [Id(4)]
    public string? Playlist { get; set; }

    [Id(5)]
    public int? PlayedMs { get; set; }

    [Id(6)]
    public int? DurationMs { get; set; }

    [Id(7)]
    public long OccurredAtMs { get; set; }

    [Id(8)]
    public int Plays { get; set; }

    [Id(9)]
    public string? Context { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class UserEventConverter : IConverter<UserEvent, UserEventWire>
{
    /// <inheritdoc/>
    public UserEvent ConvertFromSurrogate(in UserEventWire surrogate) =>
        new(
            new EventId(surrogate.Id),
            new UserId(surrogate.User),
            (EventKind)surrogate.Kind,
            surrogate.Track is { } track ? new TrackId(track) : null,
            surrogate.Playlist is { } playlist ? new PlaylistId(playlist) : null,
            surrogate.PlayedMs,
            surrogate.DurationMs,
            DateTimeOffset.FromUnixTimeMilliseconds(surrogate.OccurredAtMs),
            surrogate.Plays,
            surrogate.Context);

    /// <inheritdoc/>
    public UserEventWire ConvertToSurrogate(in UserEvent value) =>
        new() { Id = value.Id.Value, User = value.User.Value, Kind = (byte)value.Kind, Track = value.Track?.Value, Playlist = value.Playlist?.Value, PlayedMs = value.PlayedMs, DurationMs = value.DurationMs, OccurredAtMs = value.OccurredAt.ToUnixTimeMilliseconds(), Plays = value.Plays, Context = value.Context };
}

/// <summary>How a <see cref="IngestResult"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.IngestResult")]
public record struct IngestResultWire
{
    [Id(0)]
    public int Accepted { get; set; }

    [Id(1)]
    public int Duplicates { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class IngestResultConverter : IConverter<IngestResult, IngestResultWire>
{
    /// <inheritdoc/>
    public IngestResult ConvertFromSurrogate(in IngestResultWire surrogate) =>
        new(surrogate.Accepted, surrogate.Duplicates);

    /// <inheritdoc/>
    public IngestResultWire ConvertToSurrogate(in IngestResult value) =>
        new() { Accepted = value.Accepted, Duplicates = value.Duplicates };
}

/// <summary>How a <see cref="ErasureReceipt"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.ErasureReceipt")]
public record struct ErasureReceiptWire
{
    [Id(0)]
    public string User { get; set; }

    [Id(1)]
    public string[] Pending { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class ErasureReceiptConverter : IConverter<ErasureReceipt, ErasureReceiptWire>
{
    /// <inheritdoc/>
    public ErasureReceipt ConvertFromSurrogate(in ErasureReceiptWire surrogate) =>
        new(new UserId(surrogate.User), surrogate.Pending);

    /// <inheritdoc/>
    public ErasureReceiptWire ConvertToSurrogate(in ErasureReceipt value) =>
        new() { User = value.User.Value, Pending = [.. value.Pending] };
}
