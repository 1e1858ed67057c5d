namespace Buddies.Training.Playlists;

/// <summary>The constants of <see cref="PlaylistRankerTrainer"/>.</summary>
public sealed record PlaylistRankerOptions
{
    /// <summary>How often as many pairs are drawn as there are. Default 20.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>The first step; it falls evenly to a tenth of this. Default 0.1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>
    /// λ: the precision of the belief, before anybody has chosen, that a playlist is worth what its contents say. A playlist
    /// with few listeners stays there; with many it goes where they put it. Default 0.3, a deviation of 1.8 logits: of 0.1, 0.3, 1 and 4 the
    /// smaller ones did alike in two synthetic worlds, and better than 4.
    /// </summary>
    public double Shrinkage { get; init; } = 0.3;

    /// <summary>Share of the negatives that are drawn as often as they are chosen, 0 to 1; the others are drawn evenly. Default 0.5.</summary>
    public double PopularShare { get; init; } = 0.5;

    /// <summary>With fewer pairs than this, of a listener and a playlist of somebody else, nothing is learned. Default 200.</summary>
    public int LeastPairs { get; init; } = 200;

    /// <summary>Up to so many pairs one thread is quick enough, and the result is the same to the bit. Default 100,000.</summary>
    public int PairsOfOneThread { get; init; } = 100_000;

    /// <summary>Where draws come from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Most threads; 0 is one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LearningRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Shrinkage);
        ArgumentOutOfRangeException.ThrowIfNegative(PopularShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PopularShare, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LeastPairs, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(PairsOfOneThread);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        if (!double.IsFinite(LearningRate + Shrinkage))
        {
            throw new ArgumentOutOfRangeException(nameof(LearningRate), "Expected finite constants.");
        }
    }
}

/// <summary>What a ranker of playlists is trained on.</summary>
/// <param name="Dimension">d.</param>
/// <param name="Listeners">Row-major, [listeners × d], each of length 1 or 0: folded in from facts, and held still.</param>
/// <param name="Contents">Row-major, [playlists × d], each of length 1 or 0.</param>
/// <param name="Pairs">[listeners × playlists], who chose which; ascending within a row.</param>
/// <param name="IsShown">[playlists], whether others may be shown it: only such are drawn as not chosen.</param>
public sealed record PlaylistRankerData(int Dimension, float[] Listeners, float[] Contents, Facts.SparseRows Pairs, bool[] IsShown);

/// <summary>A trained ranker of playlists.</summary>
/// <param name="Rows">Row-major, [playlists × (d + 1)]: d numbers and a bias; unit contents and 0 for a playlist that nobody has chosen.</param>
/// <param name="Scale">Logits that a cosine of 1 is worth.</param>
/// <param name="Doubts">[epochs], mean of 1 − σ over the pairs drawn: 0.5 is a guess.</param>
/// <param name="Pairs">Pairs that it was trained on.</param>
public sealed record TrainedPlaylistRanker(float[] Rows, double Scale, IReadOnlyList<double> Doubts, int Pairs);
