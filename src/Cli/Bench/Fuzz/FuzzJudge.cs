using System.Text;
using System.Text.Json;

namespace Buddies.Cli.Bench.Fuzz;

/// <summary>What an answer must be like, whatever was asked.</summary>
internal static class FuzzJudge
{
    private const string Problem = "application/problem+json";

    /// <summary>Judges an answer.</summary>
    /// <returns>Null when it is in order; else what is wrong with it.</returns>
    public static string? FindFault(FuzzRequest request, FuzzAnswer answer)
    {
        if (answer.Status == 0)
        {
            return request.MustBeAnswered ? "the connection was closed without an answer" : null;
        }

        try
        {
            return FindFaultOfStatus(request, answer) ?? (request.Batch is { } batch ? FindFaultOfBatch(batch, answer) : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return $"{answer.Status}: the body cannot be read: {e.Message}: {Start(answer)}";
        }
    }

    /// <summary>The events that an answer says were new; 0 for every other answer.</summary>
    public static int TakenOf(FuzzAnswer answer)
    {
        if (answer.Status != 202)
        {
            return 0;
        }

        using var receipt = JsonDocument.Parse(answer.Body);
        return receipt.RootElement.TryGetProperty("accepted", out var accepted) ? accepted.GetInt32() : 0;
    }

    private static string? FindFaultOfStatus(FuzzRequest request, FuzzAnswer answer)
    {
        if (answer.Status >= 500 && answer.Status != request.MayHave5xx && !IsDocumented503(answer))
        {
            return $"{answer.Status}: {Start(answer)}";
        }

        if (answer.Status < 400 || answer.Body.Length == 0)
        {
            // Of a request that is not HTTP the server says no more than the status.
            var isBareInOrder = request.MayBeBare && answer.Status == 400;
            return answer.Status >= 400 && request.MustBeAnswered && !isBareInOrder && answer.ContentType != Problem && !request.Name.StartsWith("HEAD ", StringComparison.Ordinal)
                ? $"{answer.Status} without a problem"
                : null;
        }

        if (answer.ContentType != Problem)
        {
            return answer.Status == 503 ? null : $"{answer.Status} as {answer.ContentType}, expected {Problem}";
        }

        var problem = JsonDocument.Parse(answer.Body).RootElement;
        return problem.GetProperty("status").GetInt32() == answer.Status
            && problem.GetProperty("type").GetString()!.StartsWith("urn:buddies:problem:", StringComparison.Ordinal)
            ? null
            : $"{answer.Status} with another status or type: {Start(answer)}";
    }

    /// <summary>Unavailable is a problem with a name; readiness says what it waits for.</summary>
    private static bool IsDocumented503(FuzzAnswer answer) =>
        answer.Status == 503 && (answer.ContentType != Problem || Encoding.UTF8.GetString(answer.Body).Contains("urn:buddies:problem:", StringComparison.Ordinal));

    private static string? FindFaultOfBatch(FuzzBatch batch, FuzzAnswer answer)
    {
        switch (answer.Status)
        {
            case 200 or 202:
                var receipt = JsonDocument.Parse(answer.Body).RootElement;
                var taken = answer.Status == 202
                    ? receipt.GetProperty("accepted").GetInt32() + receipt.GetProperty("duplicates").GetInt32()
                    : receipt.GetProperty("upserted").GetInt32();
                return taken == batch.Count - batch.Bad.Count
                    ? FindFaultOfRejected(batch, receipt)
                    : $"{taken} items taken, expected {batch.Count - batch.Bad.Count}: {Start(answer)}";
            case 400 when batch.Bad.Count == batch.Count:
                return FindFaultOfRejected(batch, JsonDocument.Parse(answer.Body).RootElement);
            case 422 or 429 or 503:
                return null;
            default:
                return $"{answer.Status} for a batch of {batch.Count}: {Start(answer)}";
        }
    }

    private static string? FindFaultOfRejected(FuzzBatch batch, JsonElement receipt)
    {
        var rejected = receipt.GetProperty("rejected").EnumerateArray().ToArray();
        var indexes = rejected.Select(item => item.GetProperty("index").GetInt32()).ToArray();
        if (!indexes.SequenceEqual(batch.Bad))
        {
            return $"rejected {string.Join(',', indexes)}, expected {string.Join(',', batch.Bad)}";
        }

        return rejected.Any(item => string.IsNullOrEmpty(item.GetProperty("error").GetString())) ? "an item was rejected without an error" : null;
    }

    private static string Start(FuzzAnswer answer) => Encoding.Latin1.GetString(answer.Body.AsSpan(0, Math.Min(300, answer.Body.Length)));
}
