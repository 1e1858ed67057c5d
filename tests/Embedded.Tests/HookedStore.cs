using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Embedded.Tests;

/// <summary>A store that can be made to wait or to fail before it writes.</summary>
internal sealed class HookedStore(IStore inner) : IStore, IEventLog, ICheckpointStore, ICatalogueStore, ISettingStore
{
    /// <summary>Runs before each append, save of checkpoints, upsert and erasure; null for nothing.</summary>
    public Func<Task>? BeforeAppend { get; set; }

    /// <summary>Runs when an append is durable and not yet answered.</summary>
    public Func<Task>? AfterAppend { get; set; }

    public Func<Task>? BeforeSave { get; set; }

    public Func<Task>? BeforeUpsert { get; set; }

    public Func<Task>? BeforeErase { get; set; }

    /// <summary>Runs before a setting is written.</summary>
    public Func<Task>? BeforeSet { get; set; }

    public IEventLog Events => this;

    public ICheckpointStore Checkpoints => this;

    public ICatalogueStore Catalogue => this;

    public IModelRegistry Models => inner.Models;

    public IDoormanStore Doorman => inner.Doorman;

    public IFriendshipStore Friendships => inner.Friendships;

    public ISettingStore Settings => this;

    public Storage.Privacy.IPrivacyStore Privacy => inner.Privacy;

    public static Task Gone() => Task.FromException(new StoreException("the disk is gone"));

    public async ValueTask<IReadOnlyList<long>> AppendAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellationToken)
    {
        await (BeforeAppend?.Invoke() ?? Task.CompletedTask);
        var offsets = await inner.Events.AppendAsync(events, cancellationToken);
        await (AfterAppend?.Invoke() ?? Task.CompletedTask);
        return offsets;
    }

    public IAsyncEnumerable<LoggedEvent> ReadAsync(EventRange range, CancellationToken cancellationToken) =>
        inner.Events.ReadAsync(range, cancellationToken);

    public IAsyncEnumerable<LoggedEvent> ReadAsync(long afterOffset, CancellationToken cancellationToken) =>
        ReadAsync(new EventRange(afterOffset), cancellationToken);

    public ValueTask<IReadOnlyList<LoggedEvent>> ReadUserAsync(UserId user, long afterOffset, CancellationToken cancellationToken) =>
        inner.Events.ReadUserAsync(user, afterOffset, cancellationToken);

    public ValueTask<UserCheckpoint?> ReadAsync(UserId user, CancellationToken cancellationToken) => inner.Checkpoints.ReadAsync(user, cancellationToken);

    public ValueTask<long> DroppedThroughAsync(CancellationToken cancellationToken) => inner.Events.DroppedThroughAsync(cancellationToken);

    public ValueTask<long> DropAsync(DateTimeOffset acceptedBefore, long throughOffset, CancellationToken cancellationToken) =>
        inner.Events.DropAsync(acceptedBefore, throughOffset, cancellationToken);

    public ValueTask<long> LastOffsetAsync(CancellationToken cancellationToken) => inner.Events.LastOffsetAsync(cancellationToken);

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => inner.Events.CountAsync(cancellationToken);

    public async ValueTask SaveAsync(IReadOnlyList<UserCheckpoint> checkpoints, CancellationToken cancellationToken)
    {
        await (BeforeSave?.Invoke() ?? Task.CompletedTask);
        await inner.Checkpoints.SaveAsync(checkpoints, cancellationToken);
    }

    public IAsyncEnumerable<UserCheckpoint> ReadAllAsync(CancellationToken cancellationToken) => inner.Checkpoints.ReadAllAsync(cancellationToken);

    public ValueTask ClearAsync(CancellationToken cancellationToken) => inner.Checkpoints.ClearAsync(cancellationToken);

    public async ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken)
    {
        await (BeforeUpsert?.Invoke() ?? Task.CompletedTask);
        await inner.Catalogue.UpsertTracksAsync(tracks, cancellationToken);
    }

    public async ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken)
    {
        await (BeforeUpsert?.Invoke() ?? Task.CompletedTask);
        await inner.Catalogue.UpsertPlaylistsAsync(playlists, cancellationToken);
    }

    public IAsyncEnumerable<Track> ReadTracksAsync(CancellationToken cancellationToken) => inner.Catalogue.ReadTracksAsync(cancellationToken);

    public IAsyncEnumerable<Playlist> ReadPlaylistsAsync(CancellationToken cancellationToken) => inner.Catalogue.ReadPlaylistsAsync(cancellationToken);

    public ValueTask<IImportSession> BeginImportAsync(string source, CancellationToken cancellationToken) => inner.BeginImportAsync(source, cancellationToken);

    public async ValueTask EraseAsync(UserId user, CancellationToken cancellationToken)
    {
        await (BeforeErase?.Invoke() ?? Task.CompletedTask);
        await inner.EraseAsync(user, cancellationToken);
    }

    public ValueTask<string?> GetAsync(string name, CancellationToken cancellationToken) => inner.Settings.GetAsync(name, cancellationToken);

    public async ValueTask SetAsync(string name, string value, CancellationToken cancellationToken)
    {
        await (BeforeSet?.Invoke() ?? Task.CompletedTask);
        await inner.Settings.SetAsync(name, value, cancellationToken);
    }

    public async ValueTask<bool> TrySetAsync(
        string name, string? expected, string value, IReadOnlyDictionary<string, string> others, CancellationToken cancellationToken)
    {
        await (BeforeSet?.Invoke() ?? Task.CompletedTask);
        return await inner.Settings.TrySetAsync(name, expected, value, others, cancellationToken);
    }

    public ValueTask ScrubAsync() => inner.ScrubAsync();

    public ValueTask<ErasedListeners> ErasedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) => inner.ErasedSinceAsync(since, cancellationToken);

    public ValueTask<bool> WasErasedAsync(UserId user, CancellationToken cancellationToken) => inner.WasErasedAsync(user, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
