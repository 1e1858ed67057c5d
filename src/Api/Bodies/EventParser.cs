using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using EventId = Buddies.Engine.Identifiers.EventId;

namespace Buddies.Api.Bodies;

/// <summary>Reads one event of <c>POST /v1/events</c>.</summary>
/// <param name="now">The present by the server's clock.</param>
internal sealed partial class EventParser(DateTimeOffset now)
{
    private const int MaxEcho = 32;

    private static readonly string[] s_names =
        ["eventId", "userId", "kind", "trackId", "playlistId", "playedMs", "durationMs", "occurredAt", "context"];

    /// <inheritdoc cref="ItemParser{T}"/>
    public string? Parse(ReadOnlySpan<byte> json, out UserEvent item)
    {
        item = default;
        var fields = new JsonFields(json, s_names, stackalloc FieldPlace[9]);
        if (!(fields.Locate()
            && fields.Text(0, out var id) & fields.Text(1, out var user) & fields.Text(2, out var kindName)
            & fields.Text(3, out var track) & fields.Text(4, out var playlist)
            & fields.Integer(5, out var played) & fields.Integer(6, out var duration)
            & fields.Time(7, out var occurredAt) & fields.Raw(8, out var context)))
        {
            return fields.Error;
        }

        if (kindName is null || !EventKinds.TryParse(kindName, out var kind))
        {
            return $"kind: expected one of {string.Join(", ", EventKinds.Names)}, got {Echo(kindName)}";
        }

        if (occurredAt is not { } time)
        {
            return "occurredAt: required";
        }

        item = new UserEvent(
            new EventId(id!),
            new UserId(user!),
            kind,
            track is null ? null : new TrackId(track),
            playlist is null ? null : new PlaylistId(playlist),
            played,
            duration,
            time,
            Context: context);
        return EventRules.FindError(item, now);
    }

    private static string Echo(string? text) => text switch
    {
        null => "none",
        { Length: > MaxEcho } => $"'{text[..MaxEcho]}…'",
        _ => $"'{text}'",
    };
}
