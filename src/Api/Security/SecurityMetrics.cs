using System.Diagnostics.Metrics;

namespace Buddies.Api.Security;

/// <summary>Why a request was not let in.</summary>
internal enum SecurityRefusal
{
    /// <summary>It came without a key.</summary>
    NoKey,

    /// <summary>Its key is unknown, has ended or was revoked.</summary>
    BadKey,

    /// <summary>Its key is not for that.</summary>
    Forbidden,

    /// <summary>Its key has asked too often.</summary>
    Limited,
}

/// <summary>What the doors count.</summary>
internal sealed class SecurityMetrics
{
    private readonly Counter<long> _refused;
    private readonly Counter<long> _tokens;

    public SecurityMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Metrics.BuddiesApiMetrics.MeterName);
        _refused = meter.CreateCounter<long>("buddies.auth.refused", "{request}", "Requests not let in, by reason.");
        _tokens = meter.CreateCounter<long>("buddies.auth.tokens", "{token}", "Tokens issued.");
        foreach (var refusal in Enum.GetValues<SecurityRefusal>())
        {
            _refused.Add(0, Reason(refusal));
        }

        _tokens.Add(0);
    }

    public void OnRefused(SecurityRefusal refusal) => _refused.Add(1, Reason(refusal));

    public void OnTokenIssued() => _tokens.Add(1);

    private static KeyValuePair<string, object?> Reason(SecurityRefusal refusal) => new("reason", refusal switch
    {
        SecurityRefusal.NoKey => "no_key",
        SecurityRefusal.BadKey => "bad_key",
        SecurityRefusal.Forbidden => "forbidden",
        _ => "limited",
    });
}
