namespace Buddies.Training.ClosedLoop;

/// <summary>Who decides what listeners are shown.</summary>
public enum LoopPolicy
{
    /// <summary>The product: vectors that follow every listen, shelves and places by a policy that explores.</summary>
    Product,

    /// <summary>The product with everything always taken at its best: no draws, no shelf of exploration. It learns from its own pages.</summary>
    NoExploration,

    /// <summary>The product with facts and learning taken in once a night: vectors are frozen for a day.</summary>
    Nightly,

    /// <summary>The product, its models trained with a ranker of playlists and with learned weights where these prove better.</summary>
    Ranked,

    /// <summary>The product's fixed page: three shelves by the ranker alone.</summary>
    Fixed,

    /// <summary>The most followed and, lately, most heard playlists, on as many shelves.</summary>
    Popularity,

    /// <summary>Any playlist that the filters let through, uniformly.</summary>
    Random,
}

/// <summary>The size of a closed loop. Equal options give equal results.</summary>
public sealed record LoopOptions
{
    /// <summary>Listeners, 20 or more.</summary>
    public int Listeners { get; init; } = 240;

    /// <summary>Tracks, 100 or more.</summary>
    public int Tracks { get; init; } = 1_500;

    /// <summary>Playlists, 100 or more.</summary>
    public int Playlists { get; init; } = 900;

    /// <summary>Groups of listeners of similar taste.</summary>
    public int Communities { get; init; } = 12;

    /// <summary>Share of the playlists, 0 to 1, that come out during the loop, evenly over its days.</summary>
    public double NewPlaylists { get; init; } = 0.15;

    /// <summary>
    /// Probability, 0 to 1, that a session begins with plays of one's own. In the others Home comes first, and nothing tells the
    /// service of the mood of the hour, nor that a taste has turned.
    /// </summary>
    public double OwnPlays { get; init; } = 1;

    /// <summary>Simulated days, 1 or more.</summary>
    public int Days { get; init; } = 30;

    /// <summary>Chooses the world, the listeners and what they do.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>d of the models that are trained in the loop.</summary>
    public int Dimension { get; init; } = 16;

    /// <summary>
    /// A catalogue that is large for its traffic, over five weeks: 12 playlists a listener and 2.25 tracks a playlist, growing by 0.1 %
    /// a day. Where these come from is told in <c>docs/simulation.md</c>.
    /// </summary>
    public static LoopOptions Large { get; } = new()
    {
        Tracks = 6_480, Playlists = 2_880, NewPlaylists = 0.035, Days = 35,
    };

    /// <summary>
    /// The small world over four weeks, with listeners who lean back as often as Spotify's did in 2017: 31 % of all listening was
    /// programmed by the service (its prospectus of 2018), so Home comes first in that share of the sessions.
    /// </summary>
    public static LoopOptions LeanBack { get; } = new() { OwnPlays = 0.69, Days = 28 };

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Listeners, 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(Tracks, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(Playlists, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(Communities, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(NewPlaylists);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(NewPlaylists, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(OwnPlays);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(OwnPlays, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Days, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimension, 2);
    }
}
