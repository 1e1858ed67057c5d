namespace Buddies.Api.Contracts;

/// <summary>The data of a live stream's events by their names; for the OpenAPI document alone, one event carries one of them.</summary>
/// <param name="Home">The data of an event <c>home</c>.</param>
/// <param name="Buddies">The data of an event <c>buddies</c>.</param>
public sealed record LiveEvent(HomeResponse? Home, BuddiesResponse? Buddies);
