namespace Buddies.Storage.Tests.Contracts;

/// <summary>What every contract suite shares: a store on a fresh database, which can be closed and opened again.</summary>
public abstract class StoreContract(StoreHarness harness) : IAsyncLifetime
{
    protected static CancellationToken None => CancellationToken.None;

    protected IStore Store { get; private set; } = null!;

    protected StoreHarness Harness => harness;

    protected ManualClock Clock { get; } = new();

    public async Task InitializeAsync() => Store = await harness.OpenAsync(Clock);

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await harness.DisposeAsync();
    }

    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await harness.OpenAsync(Clock);
    }

    protected Task<IStore> OpenAnotherAsync() => harness.OpenAsync(Clock);

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

/// <summary>A clock that stands until it is moved.</summary>
public sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = Sample.Noon;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan time) => _now += time;
}
