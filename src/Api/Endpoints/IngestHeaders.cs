using System.Net;
using Buddies.Api.Idempotency;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Engine.Events;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>What a producer says of itself and of its request.</summary>
/// <param name="Producer">Who sends.</param>
/// <param name="Name">Whose its idempotency keys are: its key, and the name that it gave itself; empty where there is neither.</param>
/// <param name="Key">The idempotency key; null without one.</param>
internal readonly record struct IngestHeaders(string Producer, string Name, string? Key)
{
    /// <summary>A producer's name for itself; those with one name share one turn.</summary>
    public const string ProducerHeader = "Buddies-Producer";

    public const string KeyHeader = "Idempotency-Key";

    /// <summary>Reads both.</summary>
    /// <returns>Null, or the answer when one is not acceptable.</returns>
    public static ProblemHttpResult? Read(HttpContext context, out IngestHeaders headers)
    {
        var caller = Caller.Of(context) ?? Caller.Local;
        var (name, key) = (context.Request.Headers[ProducerHeader].ToString(), context.Request.Headers[KeyHeader]);
        name = caller.Key?.Source ?? name;

        // With keys a name is one's own: nobody takes another's turn, or hears the answer to another's request.
        var owner = caller.Key is null ? "" : caller.LimitKey + " ";
        var producer = name.Length > 0 ? $"{owner}name {name}" : owner.Length > 0 ? owner : PeerOf(context.Connection);
        headers = new(producer, owner + name, key.Count > 0 ? key.ToString() : null);
        if (name.Length > 0 && EventRules.FindIdError(name, ProducerHeader) is { } error)
        {
            return Problem.Of(ProblemKind.InvalidHeader, error);
        }

        return headers.Key is { Length: < 1 or > IdempotencyKeys.MaxKeyLength }
            ? Problem.Of(ProblemKind.InvalidHeader, $"{KeyHeader}: expected 1 to {IdempotencyKeys.MaxKeyLength} characters, got {headers.Key.Length}")
            : null;
    }

    /// <summary>Without a name an address is a producer; on this machine, where all have one address, a connection is.</summary>
    private static string PeerOf(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address) ? "address " + address : "connection " + connection.Id;
}
