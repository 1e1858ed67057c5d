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

    [StoreFact]
    public async Task TrySet_OfWhatWasRead_SetsAll_AndOfAnythingElse_None()
    {
        Assert.True(await Store.Settings.TrySetAsync("round", null, "1", new Dictionary<string, string> { ["a"] = "x", ["b"] = "y" }, None));
        Assert.False(await Store.Settings.TrySetAsync("round", null, "2", new Dictionary<string, string> { ["a"] = "never" }, None));
        Assert.False(await Store.Settings.TrySetAsync("round", "0", "2", new Dictionary<string, string> { ["a"] = "never" }, None));
        Assert.Equal(("1", "x", "y"), (await Store.Settings.GetAsync("round", None), await Store.Settings.GetAsync("a", None), await Store.Settings.GetAsync("b", None)));
        Assert.True(await Store.Settings.TrySetAsync("round", "1", "2", new Dictionary<string, string> { ["a"] = "z" }, None));
        await ReopenAsync();
        Assert.Equal(("2", "z", "y"), (await Store.Settings.GetAsync("round", None), await Store.Settings.GetAsync("a", None), await Store.Settings.GetAsync("b", None)));
    }

    [StoreFact]
    public async Task TrySet_ByManyAtOnce_LosesNoneOfThoseThatSucceed()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var added = 0; added < 25;)
            {
                var read = await Store.Settings.GetAsync("sum", None);
                var next = (int.Parse(read ?? "0", System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
                added += await Store.Settings.TrySetAsync("sum", read, next, new Dictionary<string, string>(), None) ? 1 : 0;
            }
        })));
        Assert.Equal("100", await Store.Settings.GetAsync("sum", None));
    }
}
