using System.Security.Cryptography;
using System.Text.Json;
using Buddies.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Bodies;

/// <summary>A request's batch.</summary>
/// <param name="Batch">What the body held; to be used only without a refusal.</param>
/// <param name="Refusal">The answer when the body as a whole is refused; else null.</param>
/// <param name="Digest">SHA-256 of the plain body, where it was asked for.</param>
internal readonly record struct BatchRead<T>(Batch<T> Batch, ProblemHttpResult? Refusal, byte[]? Digest = null);

/// <summary>Takes a batch from a request, within the limits on its type, its length and its number of items.</summary>
internal sealed class BatchReader(BuddiesApiOptions options, BodyBudget budget)
{
    /// <summary>Reads a request's body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="items">How its items are read.</param>
    /// <param name="withDigest">Whether the body's digest is wanted.</param>
    public async Task<BatchRead<T>> ReadAsync<T>(HttpContext context, ItemFormat<T> items, bool withDigest = false)
    {
        var batch = new Batch<T>(items, options.MaxItems);
        if (BodyFormats.Find(context.Request) is not { } format)
        {
            return new(batch, Problem.Of(
                ProblemKind.UnsupportedMediaType, $"Expected {BodyFormats.Json} or {BodyFormats.JsonLines} in UTF-8."));
        }

        if (BodyEncodings.Find(context.Request) is not { } encoding)
        {
            context.Response.Headers.AcceptEncoding = BodyEncodings.Accepted;
            return new(batch, Problem.Of(
                ProblemKind.UnsupportedMediaType, $"Expected no content encoding or one of {BodyEncodings.Accepted}."));
        }

        var (body, fault) = await RequestBody.ReadAsync(context.Request, encoding, options.MaxBodyBytes, budget, context.RequestAborted);
        if (body is null)
        {
            return new(batch, RefusalOf(context, fault));
        }

        using (body)
        {
            return new(batch, Split(body.Bytes, format, batch), withDigest ? SHA256.HashData(body.Bytes) : null);
        }
    }

    private ProblemHttpResult RefusalOf(HttpContext context, BodyFault fault) => fault switch
    {
        BodyFault.TooLarge => Problem.Of(ProblemKind.BodyTooLarge, $"At most {options.MaxBodyBytes} bytes are taken in one request, compressed or not."),
        BodyFault.Busy => Problem.Retry(context, ProblemKind.Busy, "Too many bodies are under way.", TimeSpan.FromSeconds(1)),
        _ => Problem.Of(ProblemKind.InvalidBody, "The body is not what its content encoding says."),
    };

    private static ProblemHttpResult? Split<T>(ReadOnlySpan<byte> bytes, BodyFormat format, Batch<T> batch)
    {
        batch.Expect(bytes.Length);
        try
        {
            if (BatchSplitter.Read(bytes, format, batch) is { } refusal)
            {
                return refusal;
            }
        }
        catch (JsonException e)
        {
            var position = Position(bytes, e);
            return Problem.Of(ProblemKind.InvalidBody, $"The body is not a JSON array: it breaks at byte {position}.", ("position", position));
        }

        return batch.Count > 0 && batch.Unreadable == batch.Count
            ? Problem.Of(ProblemKind.InvalidBody, "No item can be read.", ("rejected", batch.Rejected))
            : null;
    }

    private static long Position(ReadOnlySpan<byte> bytes, JsonException e)
    {
        var start = 0;
        for (var line = e.LineNumber ?? 0; line > 0; line--)
        {
            start += bytes[start..].IndexOf((byte)'\n') + 1;
        }

        return start + (e.BytePositionInLine ?? 0);
    }
}
