namespace Buddies.Storage.Tests.Contracts;

/// <summary>One database of its own for one test; a store may be opened on it again and again.</summary>
public abstract class StoreHarness : IAsyncDisposable
{
    public Task<IStore> OpenAsync() => OpenAsync(TimeProvider.System);

    public abstract Task<IStore> OpenAsync(TimeProvider clock);

    /// <summary>Changes the bytes of a user's checkpoint behind the store's back.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="newest">The newest, or the one before it.</param>
    public abstract Task DamageCheckpointAsync(string user, bool newest);

    public abstract ValueTask DisposeAsync();
}
