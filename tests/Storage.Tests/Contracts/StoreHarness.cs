namespace Buddies.Storage.Tests.Contracts;

/// <summary>One database of its own for one test; a store may be opened on it again and again.</summary>
public abstract class StoreHarness : IAsyncDisposable
{
    public abstract Task<IStore> OpenAsync();

    public abstract ValueTask DisposeAsync();
}
