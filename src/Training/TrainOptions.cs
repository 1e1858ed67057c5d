using Buddies.Engine.Taste;
using Buddies.Training.Als;
using Buddies.Training.Checkpoints;
using Buddies.Training.Evaluation;
using Buddies.Training.Playlists;

namespace Buddies.Training;

/// <summary>What a model is trained with.</summary>
public sealed record TrainOptions
{
    /// <summary>What people call a model of factors alone.</summary>
    public const string FactorsAlone = "als";

    /// <summary>What people call one of factors and, where they are worth it, <see cref="Links"/>.</summary>
    public const string WithLinks = "auto";

    /// <summary>How events become facts and facts become confidences; a server with another transform refuses the model.</summary>
    public TasteTransform Transform { get; init; } = TasteTransform.Default;

    /// <summary>The constants of implicit ALS.</summary>
    public AlsOptions Als { get; init; } = new();

    /// <summary>q ≥ 0: how much more a fact about a rare track counts; 0 counts all alike. Default 0.7.</summary>
    public double RarityExponent { get; init; } = 0.7;

    /// <summary>Confidence of a track's strongest tag, 0 or more; tags then help to place tracks. 0 leaves them out. Default 1.</summary>
    public double TagWeight { get; init; } = 1;

    /// <summary>What the confidence of a playlist's entries is multiplied by, 0 or more; playlists then help to place tracks. 0 leaves them out. Default 0.</summary>
    public double PlaylistWeight { get; init; }

    /// <summary>
    /// What the confidences of a listener who only ever saved are multiplied by while tracks are placed, above 0: one
    /// playlist is less of a taste than years of listening, and many of them would crowd the listeners out. The listener's
    /// own vector is solved with full confidence all the same. Default 0.3.
    /// </summary>
    public double MakerWeight { get; init; } = 0.3;

    /// <summary>The constants of the ranker of playlists; its seed and threads are those of <see cref="Als"/>.</summary>
    public PlaylistRankerOptions PlaylistRanker { get; init; } = new();

    /// <summary>
    /// How the model is judged for the gates: a second one is trained without some facts, and has to find them. That costs as
    /// much again as the training. Null leaves it out, and the gates refuse the model. Default null.
    /// </summary>
    public HoldoutOptions? Holdout { get; init; }

    /// <summary>Where the epochs are kept while they are trained; null for nowhere. The result does not depend on it. Default null.</summary>
    public IEpochKeeper? Keeper { get; init; }

    /// <summary>
    /// Whether links between tracks stand beside the factors: what else is linear in the facts and ranks well, its parameters chosen on a
    /// part of the facts, and left out where it is not surely better than the factors alone. Default false.
    /// </summary>
    public bool Links { get; init; }

    /// <summary>Told, in a line each, what is tried while links are chosen; null for nobody. The result does not depend on it. Default null.</summary>
    public IProgress<string>? Steps { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Check()
    {
        Als.Check();
        PlaylistRanker.Check();
        Holdout?.Check();
        ArgumentOutOfRangeException.ThrowIfNegative(RarityExponent);
        ArgumentOutOfRangeException.ThrowIfNegative(TagWeight);
        ArgumentOutOfRangeException.ThrowIfNegative(PlaylistWeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MakerWeight);
        if (!double.IsFinite(RarityExponent + TagWeight + PlaylistWeight + MakerWeight))
        {
            throw new ArgumentOutOfRangeException(nameof(RarityExponent), "Expected finite weights.");
        }
    }
}
