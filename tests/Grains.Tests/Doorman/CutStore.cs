using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Grains.Tests.Doorman;

/// <summary>The shared store as one silo reaches it: it can be cut off from the doorman's record, and held up before it prepares.</summary>
internal sealed class CutStore(IStore inner) : IStore, IDoormanStore, IModelRegistry, ISettingStore
{
    /// <summary>Whether the doorman's record is out of reach.</summary>
    public bool IsCut { get; set; }

    /// <summary>What a preparation waits for before it looks a version up.</summary>
    public Task BeforePrepare { get; set; } = Task.CompletedTask;

    /// <summary>What happens before a small value is written.</summary>
    public Action BeforeSetting { get; set; } = () => { };

    public Action<bool> AfterTrying { get; set; } = _ => { };

    public IEventLog Events => inner.Events;

    public ICheckpointStore Checkpoints => inner.Checkpoints;

    public ICatalogueStore Catalogue => inner.Catalogue;

    public IModelRegistry Models => this;

    public IDoormanStore Doorman => this;

    public IFriendshipStore Friendships => inner.Friendships;

    public ISettingStore Settings => this;

    public Storage.Privacy.IPrivacyStore Privacy => inner.Privacy;

    public ValueTask<IImportSession> BeginImportAsync(string source, CancellationToken cancellationToken) => inner.BeginImportAsync(source, cancellationToken);

    public ValueTask EraseAsync(UserId user, CancellationToken cancellationToken) => inner.EraseAsync(user, cancellationToken);

    public ValueTask ScrubAsync() => inner.ScrubAsync();

    public ValueTask<ErasedListeners> ErasedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) => inner.ErasedSinceAsync(since, cancellationToken);

    public ValueTask<bool> WasErasedAsync(UserId user, CancellationToken cancellationToken) => inner.WasErasedAsync(user, cancellationToken);

    public ValueTask<DoormanRecord> ReadAsync(CancellationToken cancellationToken)
    {
        Check();
        return inner.Doorman.ReadAsync(cancellationToken);
    }

    public ValueTask<bool> TryWriteAsync(long expectedEpoch, DoormanRecord next, IReadOnlyList<JournalEntry> journal, CancellationToken cancellationToken)
    {
        Check();
        return inner.Doorman.TryWriteAsync(expectedEpoch, next, journal, cancellationToken);
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(long afterNumber, int limit, CancellationToken cancellationToken) =>
        inner.Doorman.ReadJournalAsync(afterNumber, limit, cancellationToken);

    public ValueTask<SnapshotVersion> ReserveVersionAsync(CancellationToken cancellationToken) => inner.Models.ReserveVersionAsync(cancellationToken);

    public ValueTask RegisterAsync(RegisteredModel model, CancellationToken cancellationToken) => inner.Models.RegisterAsync(model, cancellationToken);

    public async ValueTask<IReadOnlyList<RegisteredModel>> ListAsync(CancellationToken cancellationToken)
    {
        await BeforePrepare;
        return await inner.Models.ListAsync(cancellationToken);
    }

    public ValueTask<CurrentModel> CurrentAsync(CancellationToken cancellationToken) => inner.Models.CurrentAsync(cancellationToken);

    public ValueTask<bool> TryCommitAsync(long expectedEpoch, SnapshotVersion version, CancellationToken cancellationToken) =>
        inner.Models.TryCommitAsync(expectedEpoch, version, cancellationToken);

    public ValueTask<string?> GetAsync(string name, CancellationToken cancellationToken) => inner.Settings.GetAsync(name, cancellationToken);

    public ValueTask SetAsync(string name, string value, CancellationToken cancellationToken)
    {
        BeforeSetting();
        return inner.Settings.SetAsync(name, value, cancellationToken);
    }

    public async ValueTask<bool> TrySetAsync(
        string name, string? expected, string value, IReadOnlyDictionary<string, string> others, CancellationToken cancellationToken)
    {
        Check();
        BeforeSetting();
        var isSet = await inner.Settings.TrySetAsync(name, expected, value, others, cancellationToken);
        AfterTrying(isSet);
        return isSet;
    }

    public ValueTask DisposeAsync() => default;

    private void Check()
    {
        if (IsCut)
        {
            throw new StoreException("the network is gone");
        }
    }
}
