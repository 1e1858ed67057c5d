using System.Text.Json;
using Buddies.Api.Bodies;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Keys;

namespace Buddies.Api.Security;

/// <summary>Judges each event by what its sender may send; one that may not be is refused alone.</summary>
internal sealed class EventScope
{
    private readonly ItemFormat<UserEvent> _format;
    private readonly UserId? _user;
    private readonly IReadOnlyList<EventKind>? _kinds;

    private EventScope(ItemFormat<UserEvent> format, UserId? user, IReadOnlyList<EventKind>? kinds) =>
        (_format, _user, _kinds) = (format, user, kinds);

    /// <summary>The same format within a caller's bounds.</summary>
    public static ItemFormat<UserEvent> Narrow(ItemFormat<UserEvent> format, Caller caller)
    {
        // An issuer's kinds are its tokens' too.
        var kinds = caller.Key?.Role == AccessRole.Operator ? null : caller.Key?.Kinds;
        if (caller.User is null && kinds is null)
        {
            return format;
        }

        var scope = new EventScope(format, caller.User, kinds);
        return format with { Parse = scope.Parse, ParseQuickly = scope.TryParseQuickly };
    }

    private string? Parse(ReadOnlySpan<byte> json, out UserEvent item) =>
        _format.Parse(json, out item)
        ?? (IsOwn(item) ? null : "userId: this key sends events of its own listener only")
        ?? (IsKind(item) ? null : $"kind: this key sends no '{item.Kind.ToWireName()}'");

    // What is out of bounds is left to the slow way, which says so.
    private bool TryParseQuickly(ref Utf8JsonReader reader, out UserEvent item) =>
        _format.ParseQuickly!(ref reader, out item) && IsOwn(item) && IsKind(item);

    private bool IsOwn(in UserEvent item) => _user is not { } user || item.User == user;

    private bool IsKind(in UserEvent item) => _kinds is null || _kinds.Contains(item.Kind);
}
