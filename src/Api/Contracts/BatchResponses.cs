using System.Text.Json.Serialization;

namespace Buddies.Api.Contracts;

/// <summary>Why one item of a batch was refused.</summary>
/// <param name="Index">Its position in the body, from 0; blank lines do not count.</param>
/// <param name="Error">The field, what was expected and what came.</param>
public sealed record ItemError(int Index, string Error);

/// <summary>What became of a batch of events.</summary>
/// <param name="Accepted">New events; they are durable.</param>
/// <param name="Duplicates">Events that were known.</param>
/// <param name="Rejected">Events that were refused.</param>
/// <param name="Applied">With <c>wait=applied</c>, whether the effects could be read in time; absent otherwise.</param>
public sealed record EventsResponse(
    int Accepted,
    int Duplicates,
    IReadOnlyList<ItemError> Rejected,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Applied = null);

/// <summary>What became of a batch for the catalogue.</summary>
/// <param name="Upserted">Items added or replaced.</param>
/// <param name="Rejected">Items that were refused.</param>
public sealed record UpsertResponse(int Upserted, IReadOnlyList<ItemError> Rejected);
