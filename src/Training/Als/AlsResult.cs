namespace Buddies.Training.Als;

/// <summary>Trained factors.</summary>
/// <param name="UserFactors">Row-major, [users × d]: the fold-in of each listener's facts against <paramref name="TrackFactors"/>. Side rows are left out.</param>
/// <param name="TrackFactors">Row-major, [tracks × d].</param>
/// <param name="Objectives">The value of the objective after each epoch; it never rises but by rounding.</param>
public sealed record AlsResult(float[] UserFactors, float[] TrackFactors, IReadOnlyList<double> Objectives);
