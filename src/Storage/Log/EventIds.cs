using Buddies.Engine.Events;

namespace Buddies.Storage.Log;

/// <summary>The ids that every row of the log needs.</summary>
internal static class EventIds
{
    /// <summary>Refuses an event without them, before it can spoil a transaction for others.</summary>
    /// <exception cref="ArgumentException">An id is missing.</exception>
    public static void Check(in UserEvent @event, string parameter)
    {
        if (@event.Id.Value is null || @event.User.Value is null ||
            @event.Track is { Value: null } || @event.Playlist is { Value: null })
        {
            throw new ArgumentException("An event needs an id and a user, and ids that are not null.", parameter);
        }
    }
}
