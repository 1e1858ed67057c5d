using System.Threading.RateLimiting;
using Buddies.Api.Problems;
using Buddies.Storage.Keys;

namespace Buddies.Api.Security;

/// <summary>How much one key may ask: requests a second for all calls, live streams at one time.</summary>
/// <remarks>
/// A listener's limits count over all of their tokens. Producers, backends and operators have none but those of their line:
/// events have fair turns and a bound of their own (<c>FairQueue</c>).
/// </remarks>
internal static class KeyLimits
{
    /// <summary>The policy of live streams.</summary>
    public const string Streams = "streams";

    private const int Burst = 5;
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static IServiceCollection AddKeyLimits(this IServiceCollection services, SecurityOptions options) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            Caller.Of(context) is { } caller && RequestsOf(caller, options) is { } rate
                ? RateLimitPartition.GetTokenBucketLimiter($"{caller.LimitKey} {rate}", _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = rate * Burst,
                    TokensPerPeriod = rate,
                    ReplenishmentPeriod = s_second,
                    QueueLimit = 0,
                })
                : RateLimitPartition.GetNoLimiter("none"));
        limiter.AddPolicy(Streams, context =>
            Caller.Of(context) is { } caller && StreamsOf(caller, options) is { } most
                ? RateLimitPartition.GetConcurrencyLimiter($"{caller.LimitKey} {most}", _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 })
                : RateLimitPartition.GetNoLimiter("none"));
        limiter.OnRejected = static async (rejected, _) =>
        {
            var context = rejected.HttpContext;
            context.RequestServices.GetRequiredService<SecurityMetrics>().OnRefused(SecurityRefusal.Limited);
            var isStream = !rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after);
            await (isStream
                ? Problem.Retry(context, ProblemKind.TooManyStreams, "This key has as many live streams open as it may.", TimeSpan.FromSeconds(5))
                : Problem.Retry(context, ProblemKind.TooManyRequests, "This key has asked too often.", after)).ExecuteAsync(context);
        };
    });

    private static int? RequestsOf(Caller caller, SecurityOptions options) =>
        OwnLimit(caller)?.RequestsPerSecond ?? (caller.Role == AccessRole.Client ? options.ClientRequestsPerSecond : null);

    private static int? StreamsOf(Caller caller, SecurityOptions options) =>
        OwnLimit(caller)?.Streams ?? (caller.Role == AccessRole.Client ? options.ClientStreams : null);

    // What its issuer may do says nothing about a client's token.
    private static AccessKey? OwnLimit(Caller caller) => caller.Key is { } key && caller.Role == key.Role ? key : null;
}
