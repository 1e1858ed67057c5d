namespace Buddies.Training.Checkpoints;

/// <summary>Keeps the state of a training after each of its epochs, so that one that was killed goes on from the last.</summary>
/// <remarks>Which state belongs to which training is said by a key: the hash of its data and parameters.</remarks>
public interface IEpochKeeper
{
    /// <summary>The latest whole state of a training; null where there is none.</summary>
    /// <param name="key">Which training.</param>
    EpochState? Find(string key);

    /// <summary>Keeps a state in place of the one before. A state that cannot be kept is no failure of the training.</summary>
    /// <param name="key">Which training.</param>
    /// <param name="state">The state; not changed by the caller until this returns.</param>
    void Save(string key, EpochState state);
}

/// <summary>All that the next epoch depends on.</summary>
/// <param name="Epoch">Whole epochs so far, 1 or more.</param>
/// <param name="Objectives">[epochs], what each came to.</param>
/// <param name="Factors">Row-major, [tracks × d]; the listeners' side is solved from it.</param>
public sealed record EpochState(int Epoch, IReadOnlyList<double> Objectives, float[] Factors);
