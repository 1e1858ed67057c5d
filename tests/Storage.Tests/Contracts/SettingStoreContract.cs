namespace Buddies.Storage.Tests.Contracts;

/// <summary>What a setting store promises.</summary>
public abstract class SettingStoreContract(StoreHarness harness) : StoreContract(harness)
{
    [StoreFact]
    public async Task Get_NeverSet_IsNull() => Assert.Null(await Store.Settings.GetAsync("world", None));

    [StoreFact]
    public async Task Set_Again_KeepsTheLast()
    {
        await Store.Settings.SetAsync("world", "artists", None);
        await Store.Settings.SetAsync("world", "", None);
        await Store.Settings.SetAsync("other", "o", None);
        Assert.Equal("", await Store.Settings.GetAsync("world", None));

        await Store.Settings.SetAsync("world", "tracks", None);
        await ReopenAsync();

        Assert.Equal("tracks", await Store.Settings.GetAsync("world", None));
        Assert.Equal("o", await Store.Settings.GetAsync("other", None));
    }
}
