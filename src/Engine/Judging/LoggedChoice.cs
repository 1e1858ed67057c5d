namespace Buddies.Engine.Judging;

/// <summary>One logged draw, and what another policy would have thought of it.</summary>
/// <param name="Unit">Whose it was: draws of one unit are not independent, so intervals resample units.</param>
/// <param name="Reward">What came of it.</param>
/// <param name="Propensity">How likely the logging policy was to draw it, above 0.</param>
/// <param name="Target">How likely the judged policy is to draw it, 0 to 1.</param>
/// <param name="Predicted">The reward that a model predicts of what was drawn; 0 where there is no model.</param>
/// <param name="PredictedTarget">The mean that the model predicts of what the judged policy would draw; 0 where there is no model.</param>
public readonly record struct LoggedChoice(
    int Unit, double Reward, double Propensity, double Target, double Predicted = 0, double PredictedTarget = 0)
{
    /// <summary>Target over propensity: how much this draw stands for.</summary>
    public double Weight => Target / Propensity;
}
