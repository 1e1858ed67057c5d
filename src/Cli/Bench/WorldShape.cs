namespace Buddies.Cli.Bench;

/// <summary>What determines a world: equal shapes have equal vectors and moves.</summary>
/// <param name="Count">n, listeners.</param>
/// <param name="Dimension">d.</param>
/// <param name="Moves">How many moves are made up.</param>
/// <param name="Seed">Chooses them.</param>
internal sealed record WorldShape(int Count, int Dimension, int Moves, int Seed)
{
    /// <summary>Gaussian centres, random unit vectors.</summary>
    public const int Centres = 512;

    /// <summary>Standard deviation around a centre, in each dimension, before normalisation.</summary>
    public const double Spread = 0.10;

    /// <summary>How much of the way towards another listener a move goes, at least and at most.</summary>
    public const double ShortestStep = 0.05;

    /// <inheritdoc cref="ShortestStep"/>
    public const double LongestStep = 0.10;

    /// <summary>How many moves go towards a listener of the same centre; the others towards one of a neighbouring centre.</summary>
    public const double StayShare = 0.8;

    /// <summary>How many centres are neighbours of a centre.</summary>
    public const int NeighbourCentres = 5;
}
