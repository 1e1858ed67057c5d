namespace Buddies.Storage.Tests.Contracts;

/// <summary>What every contract suite shares: a store on a fresh database, which can be closed and opened again.</summary>
public abstract class StoreContract(StoreHarness harness) : IAsyncLifetime
{
    protected static CancellationToken None => CancellationToken.None;

    protected IStore Store { get; private set; } = null!;

    public async Task InitializeAsync() => Store = await harness.OpenAsync();

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await harness.DisposeAsync();
    }

    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await harness.OpenAsync();
    }

    protected Task<IStore> OpenAnotherAsync() => harness.OpenAsync();

    protected static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> rows)
    {
        var all = new List<T>();
        await foreach (var row in rows)
        {
            all.Add(row);
        }

        return all;
    }
}
