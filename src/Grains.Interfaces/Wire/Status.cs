using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;

namespace Buddies.Grains.Wire;

/// <summary>How a <see cref="ServingStatus"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.ServingStatus")]
public record struct ServingStatusWire
{
    [Id(0)]
    public bool Ready { get; set; }

    [Id(1)]
    public string Stage { get; set; }

    [Id(2)]
    public int Version { get; set; }

    [Id(3)]
    public int Listeners { get; set; }

    [Id(4)]
    public int Tracks { get; set; }

    [Id(5)]
    public int Playlists { get; set; }

    [Id(6)]
    public long EventsApplied { get; set; }

    [Id(7)]
    public int ActiveListeners { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class ServingStatusConverter : IConverter<ServingStatus, ServingStatusWire>
{
    /// <inheritdoc/>
    public ServingStatus ConvertFromSurrogate(in ServingStatusWire surrogate) => new(
        surrogate.Ready,
        surrogate.Stage,
        new SnapshotVersion(surrogate.Version),
        surrogate.Listeners,
        surrogate.Tracks,
        surrogate.Playlists,
        surrogate.EventsApplied,
        surrogate.ActiveListeners);

    /// <inheritdoc/>
    public ServingStatusWire ConvertToSurrogate(in ServingStatus value) => new()
    {
        Ready = value.Ready,
        Stage = value.Stage,
        Version = value.Version.Value,
        Listeners = value.Listeners,
        Tracks = value.Tracks,
        Playlists = value.Playlists,
        EventsApplied = value.EventsApplied,
        ActiveListeners = value.ActiveListeners,
    };
}

/// <summary>How a <see cref="ListenerSummary"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.ListenerSummary")]
public record struct ListenerSummaryWire
{
    [Id(0)]
    public string User { get; set; }

    [Id(1)]
    public int Tracks { get; set; }

    [Id(2)]
    public int Playlists { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class ListenerSummaryConverter : IConverter<ListenerSummary, ListenerSummaryWire>
{
    /// <inheritdoc/>
    public ListenerSummary ConvertFromSurrogate(in ListenerSummaryWire surrogate) =>
        new(new UserId(surrogate.User), surrogate.Tracks, surrogate.Playlists);

    /// <inheritdoc/>
    public ListenerSummaryWire ConvertToSurrogate(in ListenerSummary value) =>
        new() { User = value.User.Value, Tracks = value.Tracks, Playlists = value.Playlists };
}
