namespace Buddies.Engine.Serving;

/// <summary>How one part of a runtime is.</summary>
/// <param name="Name">recommender, store, model, freshness …; few and fixed.</param>
/// <param name="IsWell">Whether it does what it has to.</param>
/// <param name="Detail">In words; names no listener.</param>
public sealed record HealthPart(string Name, bool IsWell, string Detail);
