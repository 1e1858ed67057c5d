using System.Text.Json;

namespace Buddies.Cli.Replay;

/// <summary>Finds in a line what a replay needs to know of it; all else is the server's to judge.</summary>
internal static class EventTime
{
    /// <summary>Finds the time.</summary>
    /// <param name="line">One line of a file.</param>
    /// <param name="atMs">When the event happened, Unix milliseconds.</param>
    /// <returns>Null where it is an event with an id and a time; else what is wrong.</returns>
    public static string? Find(ReadOnlySpan<byte> line, out long atMs)
    {
        atMs = 0;
        var (hasId, hasTime) = (false, false);
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return "expected a JSON object";
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isId, isTime) = (reader.ValueTextEquals("eventId"u8), reader.ValueTextEquals("occurredAt"u8));
                reader.Read();
                hasId |= isId && reader.TokenType == JsonTokenType.String;
                if (isTime && reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time))
                {
                    (atMs, hasTime) = (time.ToUnixTimeMilliseconds(), true);
                }

                reader.Skip();
            }
        }
        catch (JsonException e)
        {
            return $"not JSON, at byte {e.BytePositionInLine ?? 0}";
        }

        return !hasId ? "expected an eventId: without one a repeated event would count twice"
            : !hasTime ? "expected occurredAt as a time such as 2026-01-31T12:00:00Z"
            : null;
    }
}
