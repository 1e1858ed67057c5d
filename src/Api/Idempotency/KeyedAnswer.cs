using Buddies.Api.Contracts;

namespace Buddies.Api.Idempotency;

/// <summary>The answer to a request with an idempotency key.</summary>
/// <param name="Answer">What became of the batch; null when the key came with another body before.</param>
/// <param name="IsReplay">Whether an earlier request has had the effect, and this is its answer.</param>
internal readonly record struct KeyedAnswer(EventsResponse? Answer, bool IsReplay);
