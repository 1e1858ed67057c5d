using Buddies.Engine.Catalogue;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Home;

public sealed class FreshPlaylistsTests
{
    private static readonly HomeOptions s_options = new() { FairImpressions = 5, FreshFor = TimeSpan.FromDays(2) };
    private static readonly long s_hour = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    private readonly MusicCatalogue _catalogue = new();

    public FreshPlaylistsTests()
    {
        foreach (var id in new[] { "a", "b" })
        {
            _catalogue.Upsert(new Playlist(new PlaylistId(id), id, new UserId("o"), true, [new TrackId("t")], 0));
        }
    }

    private PlaylistIndex A => _catalogue.Intern(new PlaylistId("a"));

    private PlaylistIndex B => _catalogue.Intern(new PlaylistId("b"));

    [Fact]
    public void Sights_OfSeveralProcesses_AddUpToOneFairShare()
    {
        var (one, two) = (Make(), Make());
        foreach (var process in new[] { one, two })
        {
            process.OnAdded(A, 1000);
            process.OnAdded(B, 2000);
            process.Refresh(3000);
            process.OnSeen(A);
            process.OnSeen(A);
        }

        var kept = FreshPlaylists.Merge(FreshPlaylists.Merge(null, one.TakeUntold()!, s_options, 3000), two.TakeUntold()!, s_options, 3000);
        one.OnSeen(A); // Since it was told: on top of what all have.
        foreach (var process in new[] { one, two })
        {
            process.Read(kept);
            process.Refresh(3000);
        }

        Assert.Equal([B], one.Offered);
        Assert.Equal([B, A], two.Offered); // Four sights; it has not heard of the fifth.
        kept = FreshPlaylists.Merge(kept, one.TakeUntold()!, s_options, 3000);
        two.Read(kept);
        two.Refresh(3000);
        Assert.Equal([B], two.Offered);
        Assert.Null(two.TakeUntold());
    }

    [Fact]
    public void OneThatHadItsShare_IsNotOfferedAgainByWhoHearsOfItLate()
    {
        var (one, late) = (Make(), Make());
        one.OnAdded(A, 1000);
        one.Refresh(1000);
        for (var i = 0; i < 5; i++)
        {
            one.OnSeen(A);
        }

        var kept = FreshPlaylists.Merge(null, one.TakeUntold()!, s_options, 2000);
        late.OnAdded(A, 1500);
        late.Refresh(1500);
        Assert.Equal([A], late.Offered);
        kept = FreshPlaylists.Merge(kept, late.TakeUntold()!, s_options, 2000);
        late.Read(kept);
        late.Refresh(2000);
        Assert.Empty(late.Offered);
        Assert.Equal("[]", FreshPlaylists.Merge(kept, "[]", s_options, 2000 + (2 * s_hour)));
    }

    [Fact]
    public void OneWhoseTimeIsOver_IsKeptNoLonger()
    {
        var process = Make();
        process.OnAdded(A, 0);
        Assert.Equal("[]", FreshPlaylists.Merge(null, process.TakeUntold()!, s_options, 49 * s_hour));
    }

    private FreshPlaylists Make() => new(_catalogue, s_options);
}
