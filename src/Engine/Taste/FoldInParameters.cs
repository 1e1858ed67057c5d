namespace Buddies.Engine.Taste;

/// <summary>The constants of the implicit-ALS user solve (Rendle, Krichene, Zhang, Koren 2021, "Revisiting iALS").</summary>
/// <param name="UnobservedWeight">α₀ ≥ 0: how much each track that a listener has no fact about pulls towards 0.</param>
/// <param name="Regularization">λ > 0.</param>
/// <param name="RegularizationExponent">ν, 0 to 1: 0 is one λ for all, 1 scales it with the number of facts.</param>
public readonly record struct FoldInParameters(double UnobservedWeight, double Regularization, double RegularizationExponent)
{
    /// <summary>λ of one row: λ·(n + α₀·m)^ν (equation 12 of the paper).</summary>
    /// <param name="factCount">n, the facts of this row.</param>
    /// <param name="itemCount">m, the rows of the other side.</param>
    /// <returns>What is added to the diagonal.</returns>
    public double RegularizationOf(int factCount, int itemCount) =>
        Regularization * Math.Pow(factCount + (UnobservedWeight * itemCount), RegularizationExponent);
}
