using Buddies.Engine.Buddies;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Grains.Wire;

/// <summary>How a <see cref="HomeRequest"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.HomeRequest")]
public record struct HomeRequestWire
{
    [Id(0)]
    public int Shelves { get; set; }

    [Id(1)]
    public int Cards { get; set; }

    [Id(2)]
    public string[] Exclude { get; set; }

    [Id(3)]
    public double? Discovery { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class HomeRequestConverter : IConverter<HomeRequest, HomeRequestWire>
{
    /// <inheritdoc/>
    public HomeRequest ConvertFromSurrogate(in HomeRequestWire surrogate) =>
        new(surrogate.Shelves, surrogate.Cards, [.. surrogate.Exclude.Select(id => new PlaylistId(id))]) { Discovery = surrogate.Discovery };

    /// <inheritdoc/>
    public HomeRequestWire ConvertToSurrogate(in HomeRequest value) =>
        new() { Shelves = value.Shelves, Cards = value.Cards, Exclude = [.. value.Exclude.Select(id => id.Value)], Discovery = value.Discovery };
}

/// <summary>How a <see cref="Card"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.Card")]
public record struct CardWire
{
    [Id(0)]
    public string Playlist { get; set; }

    [Id(1)]
    public string Title { get; set; }

    [Id(2)]
    public string Owner { get; set; }

    [Id(3)]
    public float Score { get; set; }

    [Id(4)]
    public string Source { get; set; }

    [Id(5)]
    public string Reason { get; set; }

    [Id(6)]
    public string ImpressionId { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class CardConverter : IConverter<Card, CardWire>
{
    /// <inheritdoc/>
    public Card ConvertFromSurrogate(in CardWire surrogate) =>
        new(
            new PlaylistId(surrogate.Playlist),
            surrogate.Title,
            new UserId(surrogate.Owner),
            surrogate.Score,
            surrogate.Source,
            surrogate.Reason,
            surrogate.ImpressionId);

    /// <inheritdoc/>
    public CardWire ConvertToSurrogate(in Card value) =>
        new() { Playlist = value.Playlist.Value, Title = value.Title, Owner = value.Owner.Value, Score = value.Score, Source = value.Source, Reason = value.Reason, ImpressionId = value.ImpressionId };
}

/// <summary>How a <see cref="Shelf"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.Shelf")]
public record struct ShelfWire
{
    [Id(0)]
    public string Id { get; set; }

    [Id(1)]
    public string Title { get; set; }

    [Id(2)]
    public Card[] Cards { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class ShelfConverter : IConverter<Shelf, ShelfWire>
{
    /// <inheritdoc/>
    public Shelf ConvertFromSurrogate(in ShelfWire surrogate) =>
        new(surrogate.Id, surrogate.Title, surrogate.Cards);

    /// <inheritdoc/>
    public ShelfWire ConvertToSurrogate(in Shelf value) =>
        new() { Id = value.Id, Title = value.Title, Cards = [.. value.Cards] };
}

/// <summary>How a <see cref="HomePage"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.HomePage")]
public record struct HomePageWire
{
    [Id(0)]
    public string User { get; set; }

    [Id(1)]
    public int Version { get; set; }

    [Id(2)]
    public long Sequence { get; set; }

    [Id(3)]
    public Shelf[] Shelves { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class HomePageConverter : IConverter<HomePage, HomePageWire>
{
    /// <inheritdoc/>
    public HomePage ConvertFromSurrogate(in HomePageWire surrogate) =>
        new(new UserId(surrogate.User), new SnapshotVersion(surrogate.Version), surrogate.Sequence, surrogate.Shelves);

    /// <inheritdoc/>
    public HomePageWire ConvertToSurrogate(in HomePage value) =>
        new() { User = value.User.Value, Version = value.Version.Value, Sequence = value.Sequence, Shelves = [.. value.Shelves] };
}

/// <summary>How a <see cref="HomeUpdate"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.HomeUpdate")]
public record struct HomeUpdateWire
{
    [Id(0)]
    public HomePage Page { get; set; }

    [Id(1)]
    public TimeSpan? Latency { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class HomeUpdateConverter : IConverter<HomeUpdate, HomeUpdateWire>
{
    /// <inheritdoc/>
    public HomeUpdate ConvertFromSurrogate(in HomeUpdateWire surrogate) =>
        new(surrogate.Page, surrogate.Latency);

    /// <inheritdoc/>
    public HomeUpdateWire ConvertToSurrogate(in HomeUpdate value) =>
        new() { Page = value.Page, Latency = value.Latency };
}

/// <summary>How a <see cref="Buddy"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.Buddy")]
public record struct BuddyWire
{
    [Id(0)]
    public string User { get; set; }

    [Id(1)]
    public float Similarity { get; set; }

    [Id(2)]
    public int SharedTracks { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class BuddyConverter : IConverter<Buddy, BuddyWire>
{
    /// <inheritdoc/>
    public Buddy ConvertFromSurrogate(in BuddyWire surrogate) =>
        new(new UserId(surrogate.User), surrogate.Similarity, surrogate.SharedTracks);

    /// <inheritdoc/>
    public BuddyWire ConvertToSurrogate(in Buddy value) =>
        new() { User = value.User.Value, Similarity = value.Similarity, SharedTracks = value.SharedTracks };
}

/// <summary>How a <see cref="BuddyList"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.BuddyList")]
public record struct BuddyListWire
{
    [Id(0)]
    public string User { get; set; }

    [Id(1)]
    public int Version { get; set; }

    [Id(2)]
    public Buddy[] Buddies { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class BuddyListConverter : IConverter<BuddyList, BuddyListWire>
{
    /// <inheritdoc/>
    public BuddyList ConvertFromSurrogate(in BuddyListWire surrogate) =>
        new(new UserId(surrogate.User), new SnapshotVersion(surrogate.Version), surrogate.Buddies);

    /// <inheritdoc/>
    public BuddyListWire ConvertToSurrogate(in BuddyList value) =>
        new() { User = value.User.Value, Version = value.Version.Value, Buddies = [.. value.Buddies] };
}

/// <summary>How a <see cref="BuddiesUpdate"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.BuddiesUpdate")]
public record struct BuddiesUpdateWire
{
    [Id(0)]
    public BuddyList Buddies { get; set; }

    [Id(1)]
    public long Sequence { get; set; }

    [Id(2)]
    public TimeSpan? Latency { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class BuddiesUpdateConverter : IConverter<BuddiesUpdate, BuddiesUpdateWire>
{
    /// <inheritdoc/>
    public BuddiesUpdate ConvertFromSurrogate(in BuddiesUpdateWire surrogate) =>
        new(surrogate.Buddies, surrogate.Sequence, surrogate.Latency);

    /// <inheritdoc/>
    public BuddiesUpdateWire ConvertToSurrogate(in BuddiesUpdate value) =>
        new() { Buddies = value.Buddies, Sequence = value.Sequence, Latency = value.Latency };
}
