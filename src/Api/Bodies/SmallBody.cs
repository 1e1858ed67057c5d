using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Buddies.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Bodies;

/// <summary>Reads a body that is one small JSON object.</summary>
internal static class SmallBody
{
    private const int UsualBytes = 4096;

    /// <summary>Reads it.</summary>
    /// <returns>Null without a body; else the object, or the answer when it is not acceptable.</returns>
    public static async ValueTask<(T? Request, ProblemHttpResult? Refusal)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, int mostBytes = UsualBytes)
        where T : class
    {
        var body = new byte[mostBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length == 0)
        {
            return (null, null);
        }

        if (length > mostBytes)
        {
            return (null, Problem.Of(ProblemKind.BodyTooLarge, $"Expected at most {mostBytes} bytes."));
        }

        if (!context.Request.HasJsonContentType())
        {
            return (null, Problem.Of(ProblemKind.UnsupportedMediaType, "Expected application/json."));
        }

        try
        {
            return (JsonSerializer.Deserialize(body.AsSpan(0, length), type), null);
        }
        catch (JsonException e)
        {
            return (null, Problem.Of(ProblemKind.InvalidBody, e.Message));
        }
    }
}
