using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>What erasing a listener promises.</summary>
public abstract class ErasureContract(StoreHarness harness) : StoreContract(harness)
{
    private static readonly UserId s_ann = new("ann");

    [StoreFact]
    public async Task Erase_KnownUser_RemovesTheirsAndNothingElse()
    {
        await FillAsync();

        await Store.EraseAsync(s_ann, None);
        await ReopenAsync();

        Assert.All(await AllAsync(Store.Events.ReadAsync(0, None)), e => Assert.Equal("bob", e.Event.User.Value));
        Assert.Equal(2, await Store.Events.CountAsync(None));
        Assert.Equal(["bob"], (await AllAsync(Store.Checkpoints.ReadAllAsync(None))).Select(c => c.User.Value));
        Assert.Equal(["of-bob"], (await AllAsync(Store.Catalogue.ReadPlaylistsAsync(None))).Select(p => p.Id.Value));
        Assert.Equal(
            [("bob", "cid")],
            (await AllAsync(Store.Friendships.ReadAsync(None))).Select(f => (f.First.Value, f.Second.Value)));
    }

    [StoreFact]
    public async Task Erase_PlaylistThatOthersPlayed_LosesItsNameInTheirEvents()
    {
        await FillAsync();
        await Store.EraseAsync(s_ann, None);

        var playlists = (await AllAsync(Store.Events.ReadAsync(0, None))).Select(e => e.Event.Playlist!.Value.Value).ToList();
        Assert.Contains("of-bob", playlists);
        Assert.DoesNotContain("of-ann", playlists);
    }

    [StoreFact]
    public async Task Erase_AnyUser_IsRememberedForEver()
    {
        await FillAsync();
        await Store.EraseAsync(s_ann, None);
        await Store.EraseAsync(s_ann, None);
        await Store.EraseAsync(new UserId("never seen"), None);
        await ReopenAsync();

        Assert.True(await Store.WasErasedAsync(s_ann, None));
        Assert.True(await Store.WasErasedAsync(new UserId("never seen"), None));
        Assert.False(await Store.WasErasedAsync(new UserId("bob"), None));
    }

    [StoreFact]
    public async Task ErasedSince_ATime_KnowsThoseOfLaterByTheirIdsAlone()
    {
        await FillAsync();
        Assert.Equal(0, (await Store.ErasedSinceAsync(DateTimeOffset.UnixEpoch, None)).Count);
        await Store.EraseAsync(s_ann, None);
        var erased = await Store.ErasedSinceAsync(DateTimeOffset.UnixEpoch, None);
        Assert.Equal(1, erased.Count);
        Assert.True(erased.Contains(s_ann));
        Assert.False(erased.Contains(new UserId("bob")));
        Assert.Equal(0, (await Store.ErasedSinceAsync(DateTimeOffset.UtcNow.AddYears(100), None)).Count);
    }

    [StoreFact]
    public async Task Erase_ByAnotherStore_IsNoticedByThisOnesWriter()
    {
        await FillAsync();
        var last = await Store.Events.LastOffsetAsync(None);
        await using (var other = await OpenAnotherAsync())
        {
            await other.EraseAsync(s_ann, None);
            await other.Events.AppendAsync([Sample.Listen("newcomer", "1")], None);
        }

        // "ann" was remembered by number here; the number is gone and must not be used, nor become the newcomer's.
        var offsets = await Store.Events.AppendAsync([Sample.Listen("ann", "1", "t1", "of-ann")], None);

        Assert.True(offsets[0] > last + 1, $"offset {offsets[0]} after {last}");
        Assert.Equal(
            Sample.Listen("ann", "1", "t1", "of-ann"),
            Assert.Single((await AllAsync(Store.Events.ReadAsync(last + 1, None))).Select(e => e.Event)));
    }

    [StoreFact]
    public async Task Privacy_Saved_IsReadAgainAndReplacedWhole()
    {
        await Store.Privacy.SaveAsync(s_ann, new ListenerPrivacy(true, [new UserId("bob"), new UserId("cid")]), None);
        await Store.Privacy.SaveAsync(new UserId("bob"), new ListenerPrivacy(false, [new UserId("never seen")]), None);
        await Store.Privacy.SaveAsync(new UserId("cid"), new ListenerPrivacy(true, []), None);
        await ReopenAsync();
        var all = await Store.Privacy.ReadAllAsync(None);
        Assert.Equal(3, all.Count);
        Assert.True(all[s_ann].IsInvisible);
        Assert.Equal(["bob", "cid"], all[s_ann].Blocked.Select(user => user.Value).Order());
        Assert.False(all[new UserId("bob")].IsInvisible);
        Assert.Empty(all[new UserId("cid")].Blocked);

        await Store.Privacy.SaveAsync(s_ann, new ListenerPrivacy(false, [new UserId("cid")]), None);
        await Store.Privacy.SaveAsync(new UserId("cid"), ListenerPrivacy.Default, None);
        all = await Store.Privacy.ReadAllAsync(None);
        Assert.Equal(2, all.Count);
        Assert.Equal((false, "cid"), (all[s_ann].IsInvisible, Assert.Single(all[s_ann].Blocked).Value));
    }

    [StoreFact]
    public async Task Erase_WithChoices_TakesThemAndLeavesTheOthers()
    {
        await FillAsync();
        await Store.Privacy.SaveAsync(s_ann, new ListenerPrivacy(true, [new UserId("bob")]), None);
        await Store.Privacy.SaveAsync(new UserId("bob"), new ListenerPrivacy(true, [s_ann, new UserId("cid")]), None);
        await Store.EraseAsync(s_ann, None);
        var (user, privacy) = Assert.Single(await Store.Privacy.ReadAllAsync(None));
        Assert.Equal(("bob", true, "cid"), (user.Value, privacy.IsInvisible, Assert.Single(privacy.Blocked).Value));
    }

    private async Task FillAsync()
    {
        await using var import = await Store.BeginImportAsync("test", None);
        import.AddPlaylist(Sample.Playlist("of-ann", "ann", "t1"));
        import.AddPlaylist(Sample.Playlist("of-bob", "bob", "t1"));
        import.AddFriendship(s_ann, new UserId("bob"));
        import.AddFriendship(new UserId("aaa"), s_ann);
        import.AddFriendship(new UserId("bob"), new UserId("cid"));
        await import.CommitAsync(None);
        await import.DisposeAsync();
        await Store.Events.AppendAsync(
            [
                Sample.Listen("ann", "1", "t1", "of-ann"), Sample.Listen("bob", "1", "t1", "of-ann"),
                Sample.Listen("bob", "2", "t1", "of-bob"), Sample.Listen("ann", "2"),
            ],
            None);
        await Store.Checkpoints.SaveAsync(
            [new UserCheckpoint(s_ann, [1], 1), new UserCheckpoint(new UserId("bob"), [2], 2)], None);
    }
}
