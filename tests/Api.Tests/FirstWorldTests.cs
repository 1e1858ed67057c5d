using Buddies.Api.Startup;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Sqlite;
using Buddies.Training.Synth;

namespace Buddies.Api.Tests;

public sealed class FirstWorldTests : IDisposable
{
    private static readonly DateTimeOffset s_asOf = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-first-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FirstWorld_DirectoryHoldsSomethingElse_IsLeftAlone(bool afterAStartThatWasCutShort)
    {
        await using var store = await OpenAsync(new Track(new TrackId("real"), "A real track", "Somebody", []));
        if (afterAStartThatWasCutShort)
        {
            await SayItIsSyntheticAsync(store);
        }

        Assert.Null(await FirstWorld.MakeIfEmptyAsync(store, _directory, TimeProvider.System, _ => Assert.Fail("expected no work"), default));
        Assert.Equal(1, await store.Events.CountAsync(default));
        Assert.Equal(0, (await store.Models.CurrentAsync(default)).Version.Value);
    }

    [Fact]
    public async Task FirstWorld_MadeByAStartBefore_IsFoundAgain()
    {
        var world = SyntheticWorld.Create(new SyntheticWorldOptions { Seed = 1, AsOf = s_asOf });
        await using var store = await OpenAsync(world.DescribeTrack(0));
        await SayItIsSyntheticAsync(store);
        var found = await FirstWorld.MakeIfEmptyAsync(store, _directory, TimeProvider.System, _ => { }, default);
        Assert.Equal(world.Options, found?.Options);
    }

    private static async Task SayItIsSyntheticAsync(SqliteStore store)
    {
        await store.Settings.SetAsync("synth.seed", "1", default);
        await store.Settings.SetAsync("synth.asOf", s_asOf.ToString("O", System.Globalization.CultureInfo.InvariantCulture), default);
    }

    private async Task<SqliteStore> OpenAsync(Track track)
    {
        var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        await store.Catalogue.UpsertTracksAsync([track], default);
        await store.Events.AppendAsync(
            [new UserEvent(new EventId("e"), new UserId("u"), EventKind.Listen, track.Id, null, 200_000, 200_000, s_asOf)], default);
        return store;
    }
}
