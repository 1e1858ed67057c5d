using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Buddies.Engine.Events;

namespace Buddies.Cli.Server;

/// <summary>Events as the door takes them: one JSON object a line.</summary>
internal static class EventLines
{
    /// <summary>Writes events, each with its line break.</summary>
    public static ReadOnlyMemory<byte> Render(IEnumerable<UserEvent> events)
    {
        var lines = new ArrayBufferWriter<byte>();
        foreach (var @event in events)
        {
            Write(lines, @event);
            lines.Write("\n"u8);
        }

        return lines.WrittenMemory;
    }

    /// <summary>Writes one event without a line break.</summary>
    /// <param name="destination">Takes the bytes.</param>
    /// <param name="event">A valid event. Plays above 1 cannot be said at the door and are left out.</param>
    public static void Write(IBufferWriter<byte> destination, in UserEvent @event)
    {
        using var json = new Utf8JsonWriter(destination);
        json.WriteStartObject();
        json.WriteString("eventId"u8, @event.Id.Value);
        json.WriteString("userId"u8, @event.User.Value);
        json.WriteString("kind"u8, @event.Kind.ToWireName());
        if (@event.Track is { } track)
        {
            json.WriteString("trackId"u8, track.Value);
        }

        if (@event.Playlist is { } playlist)
        {
            json.WriteString("playlistId"u8, playlist.Value);
        }

        if (@event.PlayedMs is { } played)
        {
            json.WriteNumber("playedMs"u8, played);
        }

        if (@event.DurationMs is { } duration)
        {
            json.WriteNumber("durationMs"u8, duration);
        }

        json.WriteString("occurredAt"u8, @event.OccurredAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (@event.Context is { } context)
        {
            json.WritePropertyName("context"u8);
            json.WriteRawValue(context);
        }

        json.WriteEndObject();
    }
}
