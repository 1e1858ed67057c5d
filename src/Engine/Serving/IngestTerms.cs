namespace Buddies.Engine.Serving;

/// <summary>On what terms a batch comes in.</summary>
/// <param name="Producer">Who sends it. Those who send at one time get equal shares, however much each of them sends.</param>
/// <param name="WaitApplied">How long to wait at most until its effects can be read; null to be answered once it is durable.</param>
public readonly record struct IngestTerms(string Producer, TimeSpan? WaitApplied = null);
