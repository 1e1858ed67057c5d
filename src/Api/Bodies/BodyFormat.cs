using System.Net.Http.Headers;

namespace Buddies.Api.Bodies;

/// <summary>How a body holds its items.</summary>
internal enum BodyFormat
{
    /// <summary>One JSON array.</summary>
    JsonArray,

    /// <summary>One JSON object a line.</summary>
    JsonLines,
}

/// <summary>The content types that bodies may have.</summary>
internal static class BodyFormats
{
    public const string Json = "application/json";
    public const string JsonLines = "application/x-ndjson";

    /// <summary>Reads the format from the request's headers.</summary>
    /// <returns>Null when the type or its charset is not supported.</returns>
    public static BodyFormat? Find(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || type.CharSet is { } charset && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return type.MediaType?.ToLowerInvariant() switch
        {
            Json => BodyFormat.JsonArray,
            JsonLines => BodyFormat.JsonLines,
            _ => null,
        };
    }
}
