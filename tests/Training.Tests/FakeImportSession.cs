using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Training.Tests;

/// <summary>Keeps an import's rows in memory, by the rules of the real store.</summary>
internal sealed class FakeImportSession : IImportSession
{
    private readonly HashSet<(UserId, EventId)> _eventIds = [];

    public List<Track> Tracks { get; } = [];

    public List<Playlist> Playlists { get; } = [];

    public List<UserEvent> Events { get; } = [];

    public HashSet<(UserId, UserId)> Friendships { get; } = [];

    public bool IsCommitted { get; private set; }

    public bool IsDisposed { get; private set; }

    public void AddTrack(Track track) => Tracks.Add(track);

    public void AddPlaylist(Playlist playlist) => Playlists.Add(playlist);

    public bool AddEvent(in UserEvent @event)
    {
        if (!_eventIds.Add((@event.User, @event.Id)))
        {
            return false;
        }

        Events.Add(@event);
        return true;
    }

    public void AddFriendship(UserId first, UserId second) =>
        Friendships.Add(string.CompareOrdinal(first.Value, second.Value) < 0 ? (first, second) : (second, first));

    public ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        IsCommitted = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
