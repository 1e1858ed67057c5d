namespace Buddies.Training.Synth;

/// <summary>What a synthetic listener plays next, and how it goes.</summary>
/// <param name="Track">The track's position, from 0.</param>
/// <param name="IsSkip">Whether it was left early.</param>
/// <param name="PlayedMs">Milliseconds heard.</param>
/// <param name="DurationMs">The track's length in milliseconds.</param>
/// <param name="Affinity">Cosine of the listener's taste and the track's sound, −1 to 1.</param>
public readonly record struct SyntheticPlay(int Track, bool IsSkip, int PlayedMs, int DurationMs, float Affinity);
