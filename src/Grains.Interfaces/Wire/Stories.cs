using Buddies.Engine.Bandits;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Grains.Wire;

/// <summary>How a <see cref="CardStory"/> travels: of its page what concerns the card.</summary>
[GenerateSerializer, Immutable, Alias("buddies.CardStory")]
public record struct CardStoryWire
{
    [Id(0)]
    public string User { get; set; }

    [Id(1)]
    public long Page { get; set; }

    [Id(2)]
    public long AtMs { get; set; }

    [Id(3)]
    public string Policy { get; set; }

    [Id(4)]
    public int PolicyVersion { get; set; }

    [Id(5)]
    public int Snapshot { get; set; }

    [Id(6)]
    public int Segment { get; set; }

    [Id(7)]
    public bool IsUniform { get; set; }

    [Id(8)]
    public string Shelf { get; set; }

    [Id(9)]
    public int ShelfPosition { get; set; }

    [Id(10)]
    public double ShelfPropensity { get; set; }

    [Id(11)]
    public int Position { get; set; }

    [Id(12)]
    public double Propensity { get; set; }

    [Id(13)]
    public ulong CandidateSet { get; set; }

    [Id(14)]
    public string Playlist { get; set; }

    [Id(15)]
    public int Chosen { get; set; }

    [Id(16)]
    public float[][] Choices { get; set; }

    [Id(17)]
    public double Mean { get; set; }

    [Id(18)]
    public double Deviation { get; set; }

    [Id(19)]
    public double[] Weights { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class CardStoryConverter : IConverter<CardStory, CardStoryWire>
{
    /// <inheritdoc/>
    public CardStory ConvertFromSurrogate(in CardStoryWire surrogate)
    {
        var card = new Impression(
            surrogate.Shelf, surrogate.ShelfPosition, surrogate.ShelfPropensity, surrogate.Position, surrogate.Propensity, surrogate.CandidateSet,
            new PlaylistId(surrogate.Playlist), surrogate.Chosen, surrogate.Choices);
        var page = new ShownPage(
            new UserId(surrogate.User), surrogate.Page, surrogate.AtMs, surrogate.Policy, surrogate.PolicyVersion, new SnapshotVersion(surrogate.Snapshot),
            surrogate.Segment, surrogate.IsUniform ? PageSlice.Uniform : PageSlice.Policy, [card]);
        return new CardStory(page, card, new NormalArm(surrogate.Mean, surrogate.Deviation), surrogate.Weights);
    }

    /// <inheritdoc/>
    public CardStoryWire ConvertToSurrogate(in CardStory value) => new()
    {
        User = value.Page.User.Value,
        Page = value.Page.Sequence,
        AtMs = value.Page.AtMs,
        Policy = value.Page.Policy,
        PolicyVersion = value.Page.PolicyVersion,
        Snapshot = value.Page.Snapshot.Value,
        Segment = value.Page.Segment,
        IsUniform = value.Page.Slice == PageSlice.Uniform,
        Shelf = value.Card.Shelf,
        ShelfPosition = value.Card.ShelfPosition,
        ShelfPropensity = value.Card.ShelfPropensity,
        Position = value.Card.Position,
        Propensity = value.Card.Propensity,
        CandidateSet = value.Card.CandidateSet,
        Playlist = value.Card.Playlist.Value,
        Chosen = value.Card.Chosen,
        Choices = [.. value.Card.Choices],
        Mean = value.Belief.Mean,
        Deviation = value.Belief.Deviation,
        Weights = [.. value.Weights],
    };
}

/// <summary>How a <see cref="ListenerStory"/> travels; arrays that belong together are in one order.</summary>
[GenerateSerializer, Immutable, Alias("buddies.ListenerStory")]
public record struct ListenerStoryWire
{
    [Id(0)]
    public string User { get; set; }

    [Id(1)]
    public int Segment { get; set; }

    [Id(2)]
    public double Session { get; set; }

    [Id(3)]
    public string Policy { get; set; }

    [Id(4)]
    public int PolicyVersion { get; set; }

    [Id(5)]
    public bool IsUniform { get; set; }

    [Id(6)]
    public long PagesLearned { get; set; }

    [Id(7)]
    public double Discovery { get; set; }

    [Id(8)]
    public string[] Experiments { get; set; }

    [Id(9)]
    public string?[] Variants { get; set; }

    [Id(10)]
    public int SeenCount { get; set; }

    [Id(11)]
    public string[] Played { get; set; }

    [Id(12)]
    public long[] PlayedAtMs { get; set; }

    [Id(13)]
    public string[] Shelves { get; set; }

    [Id(14)]
    public double[] Means { get; set; }

    [Id(15)]
    public double[] Deviations { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class ListenerStoryConverter : IConverter<ListenerStory, ListenerStoryWire>
{
    /// <inheritdoc/>
    public ListenerStory ConvertFromSurrogate(in ListenerStoryWire surrogate) => new(
        new UserId(surrogate.User),
        surrogate.Segment,
        surrogate.Session,
        surrogate.Policy,
        surrogate.PolicyVersion,
        surrogate.IsUniform ? PageSlice.Uniform : PageSlice.Policy,
        surrogate.PagesLearned,
        new ListenerChoice(surrogate.Discovery),
        [.. surrogate.Experiments.Zip(surrogate.Variants)],
        surrogate.SeenCount,
        [.. surrogate.Played.Zip(surrogate.PlayedAtMs, (id, at) => (new PlaylistId(id), at))],
        [.. surrogate.Shelves.Zip(surrogate.Means.Zip(surrogate.Deviations, (mean, deviation) => new NormalArm(mean, deviation)))]);

    /// <inheritdoc/>
    public ListenerStoryWire ConvertToSurrogate(in ListenerStory value) => new()
    {
        User = value.User.Value,
        Segment = value.Segment,
        Session = value.Session,
        Policy = value.Policy,
        PolicyVersion = value.PolicyVersion,
        IsUniform = value.Slice == PageSlice.Uniform,
        PagesLearned = value.PagesLearned,
        Discovery = value.Choice.Discovery,
        Experiments = [.. value.Experiments.Select(pair => pair.Name)],
        Variants = [.. value.Experiments.Select(pair => pair.Variant)],
        SeenCount = value.SeenCount,
        Played = [.. value.Played.Select(played => played.Playlist.Value)],
        PlayedAtMs = [.. value.Played.Select(played => played.AtMs)],
        Shelves = [.. value.Shelves.Select(shelf => shelf.Shelf)],
        Means = [.. value.Shelves.Select(shelf => shelf.Belief.Mean)],
        Deviations = [.. value.Shelves.Select(shelf => shelf.Belief.Deviation)],
    };
}
