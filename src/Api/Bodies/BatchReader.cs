using System.Text.Json;
using Buddies.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Bodies;

/// <summary>Takes a batch from a request, within the limits on its type, its length and its number of items.</summary>
internal sealed class BatchReader(BuddiesApiOptions options, BodyBudget budget)
{
    /// <summary>Reads a request's body.</summary>
    /// <returns>The batch, or the answer when the body as a whole is refused.</returns>
    public async Task<(Batch<T> Batch, ProblemHttpResult? Refusal)> ReadAsync<T>(HttpContext context, ItemParser<T> parse)
    {
        var batch = new Batch<T>(parse, options.MaxItems);
        if (BodyFormats.Find(context.Request) is not { } format)
        {
            return (batch, Problem.Of(
                ProblemKind.UnsupportedMediaType,
                $"Expected {BodyFormats.Json} or {BodyFormats.JsonLines} in UTF-8 without a content encoding."));
        }

        var taken = Math.Min(context.Request.ContentLength ?? options.MaxBodyBytes, options.MaxBodyBytes);
        if (!budget.TryTake(taken))
        {
            return (batch, Problem.Retry(context, ProblemKind.Busy, "Too many bodies are under way.", TimeSpan.FromSeconds(1)));
        }

        try
        {
            using var body = await RequestBody.ReadAsync(context.Request, options.MaxBodyBytes, context.RequestAborted);
            return (batch, body is null
                ? Problem.Of(ProblemKind.BodyTooLarge, $"At most {options.MaxBodyBytes} bytes are taken in one request.")
                : Split(body.Bytes, format, batch));
        }
        finally
        {
            budget.Return(taken);
        }
    }

    private static ProblemHttpResult? Split<T>(ReadOnlySpan<byte> bytes, BodyFormat format, Batch<T> batch)
    {
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
