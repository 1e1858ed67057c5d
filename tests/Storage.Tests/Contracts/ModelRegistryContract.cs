using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>What a model registry promises.</summary>
public abstract class ModelRegistryContract(StoreHarness harness) : StoreContract(harness)
{
    private IModelRegistry Models => Store.Models;

    [StoreFact]
    public async Task ReserveVersion_Always_CountsUpAndNeverRepeats()
    {
        var versions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Models.ReserveVersionAsync(None).AsTask()));
        await ReopenAsync();

        Assert.Equal(Enumerable.Range(1, 20), versions.Select(v => v.Value).Order());
        Assert.Equal(21, (await Models.ReserveVersionAsync(None)).Value);
    }

    [StoreFact]
    public async Task Register_ReservedVersions_AreListedOldestFirst()
    {
        var (one, _, three) = (await RegisterNextAsync(), await Models.ReserveVersionAsync(None), await RegisterNextAsync());
        await ReopenAsync();

        Assert.Equal([one, three], await Models.ListAsync(None));
    }

    [StoreFact]
    public async Task Register_TwiceOrNeverReserved_Throws()
    {
        var model = await RegisterNextAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Models.RegisterAsync(model, None));
        foreach (var version in new[] { 0, -1, 2 })
        {
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await Models.RegisterAsync(model with { Version = new SnapshotVersion(version) }, None));
        }

        Assert.Equal([model], await Models.ListAsync(None));
    }

    [StoreFact]
    public async Task Current_BeforeTheFirstCommit_IsNone() => Assert.Equal(default, await Models.CurrentAsync(None));

    [StoreFact]
    public async Task TryCommit_ExpectedEpoch_BecomesCurrentForEver()
    {
        var (one, two) = (await RegisterNextAsync(), await RegisterNextAsync());

        Assert.True(await Models.TryCommitAsync(0, one.Version, None));
        Assert.True(await Models.TryCommitAsync(1, two.Version, None));
        Assert.True(await Models.TryCommitAsync(2, one.Version, None));
        await ReopenAsync();

        Assert.Equal(new CurrentModel(3, one.Version), await Models.CurrentAsync(None));
    }

    [StoreFact]
    public async Task TryCommit_AnotherEpoch_HasNoEffect()
    {
        var (one, two) = (await RegisterNextAsync(), await RegisterNextAsync());
        Assert.True(await Models.TryCommitAsync(0, one.Version, None));

        Assert.False(await Models.TryCommitAsync(0, two.Version, None));
        Assert.False(await Models.TryCommitAsync(2, two.Version, None));

        Assert.Equal(new CurrentModel(1, one.Version), await Models.CurrentAsync(None));
    }

    [StoreFact]
    public async Task TryCommit_UnregisteredVersion_Throws()
    {
        var reserved = await Models.ReserveVersionAsync(None);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Models.TryCommitAsync(0, reserved, None));

        Assert.Equal(default, await Models.CurrentAsync(None));
    }

    [StoreFact]
    public async Task TryCommit_UnderContention_LetsExactlyOneInPerEpoch()
    {
        const int contenders = 8, epochs = 10;
        await using var other = await OpenAnotherAsync();
        var versions = new List<SnapshotVersion>();
        for (var i = 0; i < contenders; i++)
        {
            versions.Add((await RegisterNextAsync()).Version);
        }

        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var results = await Task.WhenAll(versions.Select((version, i) => Task.Run(
                () => (i % 2 == 0 ? Store : other).Models.TryCommitAsync(epoch, version, None).AsTask())));

            var winner = Assert.Single(versions.Where((_, i) => results[i]));
            Assert.Equal(new CurrentModel(epoch + 1, winner), await Models.CurrentAsync(None));
            Assert.Equal(new CurrentModel(epoch + 1, winner), await other.Models.CurrentAsync(None));
        }
    }

    private async Task<RegisteredModel> RegisterNextAsync()
    {
        var version = await Models.ReserveVersionAsync(None);
        var model = new RegisteredModel(version, $"v{version}", Sample.Noon.AddMilliseconds(version.Value), new string('a', 64), 1000 + version.Value);
        await Models.RegisterAsync(model, None);
        return model;
    }
}
