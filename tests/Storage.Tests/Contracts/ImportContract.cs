using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>What an import session promises, and the friendships that only it writes.</summary>
public abstract class ImportContract(StoreHarness harness) : StoreContract(harness)
{
    [StoreFact]
    public async Task Import_Committed_ShowsEverythingAtOnce()
    {
        await using (var import = await Store.BeginImportAsync("test", None))
        {
            Fill(import);
            await AssertEmptyAsync();
            await import.CommitAsync(None);
        }

        await ReopenAsync();
        Assert.Equal(100, await Store.Events.CountAsync(None));
        Assert.Single(await AllAsync(Store.Catalogue.ReadTracksAsync(None)));
        Assert.Single(await AllAsync(Store.Catalogue.ReadPlaylistsAsync(None)));
        Assert.Single(await AllAsync(Store.Friendships.ReadAsync(None)));
    }

    [StoreFact]
    public async Task Import_DisposedWithoutCommit_LeavesNothing()
    {
        await using (var import = await Store.BeginImportAsync("test", None))
        {
            Fill(import);
        }

        await AssertEmptyAsync();

        // Ids that appeared only in the import must work as new ones, in this process and the next.
        await Store.Events.AppendAsync([Sample.Listen("other", "1", "else")], None);
        await Store.Events.AppendAsync([Sample.Listen("u1", "e1", "t1", "p1")], None);
        await ReopenAsync();
        Assert.Equal(
            [Sample.Listen("other", "1", "else"), Sample.Listen("u1", "e1", "t1", "p1")],
            (await AllAsync(Store.Events.ReadAsync(0, None))).Select(e => e.Event));
    }

    [StoreFact]
    public async Task Import_Duplicates_AreToldAndSkipped()
    {
        await Store.Events.AppendAsync([Sample.Listen("u", "1")], None);
        await using var import = await Store.BeginImportAsync("test", None);

        Assert.False(import.AddEvent(Sample.Listen("u", "1")));
        Assert.True(import.AddEvent(Sample.Listen("u", "2")));
        Assert.False(import.AddEvent(Sample.Listen("u", "2")));
        await import.CommitAsync(None);

        Assert.Equal(2, await Store.Events.CountAsync(None));
    }

    [StoreFact]
    public async Task Import_KnownTrack_KeepsItsTitleAndTakesNewTags()
    {
        await Store.Catalogue.UpsertTracksAsync([Sample.Track("a", "first", "x"), Sample.Track("b", "first", "x")], None);
        await using var import = await Store.BeginImportAsync("test", None);
        import.AddTrack(Sample.Track("a", "second", "y", "z"));
        import.AddTrack(Sample.Track("b", "second"));
        await import.CommitAsync(None);

        Assert.Equal(
            [("a", "first", "y|z"), ("b", "first", "x")],
            (await AllAsync(Store.Catalogue.ReadTracksAsync(None))).Select(t => (t.Id.Value, t.Title, string.Join('|', t.Tags))));
    }

    [StoreFact]
    public async Task Friendships_AddedEitherWayRound_AreStoredOnceSmallerFirst()
    {
        await using var import = await Store.BeginImportAsync("test", None);
        foreach (var (first, second) in new[] { ("b", "a"), ("a", "b"), ("b", "a"), ("b", "B"), ("c", "c") })
        {
            import.AddFriendship(new UserId(first), new UserId(second));
        }

        for (var i = 0; i < 5000; i++)
        {
            import.AddFriendship(new UserId("hub"), new UserId($"spoke{i}"));
        }

        await import.CommitAsync(None);

        var all = (await AllAsync(Store.Friendships.ReadAsync(None))).Select(f => (f.First.Value, f.Second.Value)).ToList();
        Assert.Equal(5002, all.Distinct().Count());
        Assert.Equal(5002, all.Count);
        Assert.Contains(("a", "b"), all);
        Assert.Contains(("B", "b"), all);
        Assert.All(all, f => Assert.True(string.CompareOrdinal(f.Item1, f.Item2) < 0, $"{f}"));
    }

    [StoreFact]
    public async Task Import_Open_OtherWritesWaitAndAreNotLost()
    {
        var import = await Store.BeginImportAsync("test", None);
        Fill(import);
        var append = Store.Events.AppendAsync([Sample.Listen("live", "1")], None).AsTask();
        var setting = Store.Settings.SetAsync("name", "value", None).AsTask();
        Assert.False(append.IsCompleted);
        Assert.False(setting.IsCompleted);

        await import.CommitAsync(None);
        await import.DisposeAsync();

        Assert.True((await append)[0] > 0);
        await setting;
        Assert.Equal(101, await Store.Events.CountAsync(None));
    }

    [StoreFact]
    public async Task Import_AfterItsEnd_Throws()
    {
        var import = await Store.BeginImportAsync("test", None);
        await import.CommitAsync(None);
        Assert.Throws<InvalidOperationException>(() => import.AddEvent(Sample.Listen("u", "1")));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await import.CommitAsync(None));
        await import.DisposeAsync();
        await import.DisposeAsync();
        await Store.Settings.SetAsync("the writer", "is free", None);
    }

    private static void Fill(IImportSession import)
    {
        import.AddTrack(Sample.Track("t1"));
        import.AddPlaylist(Sample.Playlist("p1", "u1", "t1", "t2"));
        import.AddFriendship(new UserId("u1"), new UserId("u2"));
        for (var i = 0; i < 100; i++)
        {
            _ = import.AddEvent(Sample.Listen($"u{i % 3}", $"e{i}", $"t{i}"));
        }
    }

    private async Task AssertEmptyAsync()
    {
        Assert.Equal(0, await Store.Events.CountAsync(None));
        Assert.Empty(await AllAsync(Store.Catalogue.ReadTracksAsync(None)));
        Assert.Empty(await AllAsync(Store.Catalogue.ReadPlaylistsAsync(None)));
        Assert.Empty(await AllAsync(Store.Friendships.ReadAsync(None)));
    }
}
