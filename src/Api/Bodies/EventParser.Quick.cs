using System.Text;
using System.Text.Json;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using EventId = Buddies.Engine.Identifiers.EventId;

namespace Buddies.Api.Bodies;

internal sealed partial class EventParser
{
    // Shared by all requests: listeners and tracks come again and again.
    private static readonly IdTexts s_users = new();
    private static readonly IdTexts s_targets = new();

    /// <inheritdoc cref="QuickItemParser{T}"/>
    /// <remarks>
    /// One pass, and no string but for what is new. It takes good events with plain ASCII and no context; everything else
    /// is <see cref="Parse"/>'s to take or to refuse, so that each rule and each error stands in one place.
    /// </remarks>
    public bool TryParseQuickly(ref Utf8JsonReader reader, out UserEvent item)
    {
        item = default;
        ReadOnlySpan<byte> id = default, user = default, track = default, playlist = default;
        var kind = default(EventKind);
        int? played = null, duration = null;
        var occurredAt = default(DateTimeOffset);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueIsEscaped)
            {
                return false;
            }

            var field = FieldOf(reader.ValueSpan);
            reader.Read();
            var isRead = field switch
            {
                Field.EventId => TryText(ref reader, ref id),
                Field.UserId => TryText(ref reader, ref user),
                Field.TrackId => TryText(ref reader, ref track),
                Field.PlaylistId => TryText(ref reader, ref playlist),
                Field.Kind => IsPlainText(ref reader) && EventKinds.TryParse(reader.ValueSpan, out kind),
                Field.PlayedMs => TryInteger(ref reader, ref played),
                Field.DurationMs => TryInteger(ref reader, ref duration),
                Field.OccurredAt => TryTime(ref reader, ref occurredAt),
                Field.Context => reader.TokenType == JsonTokenType.Null,
                _ => reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray),
            };
            if (!isRead)
            {
                return false;
            }
        }

        if (id.IsEmpty || user.IsEmpty || occurredAt == default)
        {
            return false;
        }

        item = new UserEvent(
            new EventId(Encoding.ASCII.GetString(id)),
            new UserId(s_users.Get(user)),
            kind,
            track.IsEmpty ? null : new TrackId(s_targets.Get(track)),
            playlist.IsEmpty ? null : new PlaylistId(s_targets.Get(playlist)),
            played,
            duration,
            occurredAt);
        return EventRules.FindError(item, now) is null;
    }

    private enum Field
    {
        Other,
        EventId,
        UserId,
        Kind,
        TrackId,
        PlaylistId,
        PlayedMs,
        DurationMs,
        OccurredAt,
        Context,
    }

    private static Field FieldOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when name.SequenceEqual("kind"u8) => Field.Kind,
        6 when name.SequenceEqual("userId"u8) => Field.UserId,
        7 when name.SequenceEqual("eventId"u8) => Field.EventId,
        7 when name.SequenceEqual("trackId"u8) => Field.TrackId,
        7 when name.SequenceEqual("context"u8) => Field.Context,
        8 when name.SequenceEqual("playedMs"u8) => Field.PlayedMs,
        10 when name.SequenceEqual("occurredAt"u8) => Field.OccurredAt,
        10 when name.SequenceEqual("durationMs"u8) => Field.DurationMs,
        10 when name.SequenceEqual("playlistId"u8) => Field.PlaylistId,
        _ => Field.Other,
    };

    private static bool IsPlainText(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped;

    private static bool TryText(ref Utf8JsonReader reader, scoped ref ReadOnlySpan<byte> value)
    {
        value = IsPlainText(ref reader) ? reader.ValueSpan : default;
        return reader.TokenType == JsonTokenType.Null || (!value.IsEmpty && Ascii.IsValid(value));
    }

    private static bool TryInteger(ref Utf8JsonReader reader, scoped ref int? value)
    {
        var number = 0;
        var isNumber = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out number);
        value = isNumber ? number : null;
        return isNumber || reader.TokenType == JsonTokenType.Null;
    }

    /// <summary>A time in UTC, as nearly all are; others are read by <see cref="JsonFields"/>.</summary>
    private static bool TryTime(ref Utf8JsonReader reader, scoped ref DateTimeOffset value) =>
        IsPlainText(ref reader) && reader.ValueSpan is [.., (byte)'Z'] and { Length: >= 20 } && reader.TryGetDateTimeOffset(out value);
}
