using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Bandits;

public sealed class PlaylistBeliefsTests
{
    [Fact]
    public void MakeBeliefs_NothingSeen_AsMuchAsPromisedAndWide()
    {
        var (playlists, unseen) = new PlaylistBeliefs().MakeBeliefs();
        Assert.Empty(playlists);
        Assert.Equal(0, unseen.Mean);
        Assert.Equal(0.8, unseen.Deviation, 1e-12);
    }

    [Fact]
    public void MakeBeliefs_OneCard_MatchesTheFormulaByHand()
    {
        // φ = (0.6·50 + 0.9²)/(50 + 0.1); V = (0.64·50 + 0.9² − φ·0.1)/(50 + 0.1²); κ = φ/V; m = (κ + 1)/(κ + 0.1).
        var beliefs = new PlaylistBeliefs();
        beliefs.Learn(new PlaylistId("p"), 0.1, 1);
        var dispersion = 30.81 / 50.1;
        var strength = dispersion / ((32.81 - (dispersion * 0.1)) / 50.01);
        var (playlists, unseen) = beliefs.MakeBeliefs();
        var belief = playlists[new PlaylistId("p")];
        Assert.Equal(((strength + 1) / (strength + 0.1)) - 1, belief.Mean, 1e-12);
        Assert.Equal(Math.Sqrt(dispersion * (1 + belief.Mean) / (strength + 0.1)), belief.Deviation, 1e-12);
        Assert.Equal(Math.Sqrt(dispersion / strength), unseen.Deviation, 1e-12);
    }

    [Theory]
    [InlineData(0, 0, 0.15)]
    [InlineData(0.5, 0.4, 0.6)]
    public void MakeBeliefs_PlaylistsThatDiffer_LeaveMoreToFindOutOfANewOneThanThoseThatAreAlike(double spread, double least, double most)
    {
        // Half of two hundred playlists get so much more than promised, the others so much less; a third of the cards that may pay do.
        var random = new Random(5);
        var beliefs = new PlaylistBeliefs();
        for (var i = 0; i < 200_000; i++)
        {
            var factor = i % 200 < 100 ? 1 + spread : 1 - spread;
            var promised = 0.02 + (0.1 * random.NextDouble());
            beliefs.Learn(new PlaylistId($"p{i % 200}"), promised, random.NextDouble() < promised * factor / 0.5 ? 0.5 : 0);
        }

        var (playlists, unseen) = beliefs.MakeBeliefs();
        Assert.InRange(unseen.Deviation, least, most);
        Assert.InRange(playlists[new PlaylistId("p3")].Mean, spread - 0.2, spread + 0.2);
        Assert.InRange(playlists[new PlaylistId("p103")].Mean, -spread - 0.2, -spread + 0.2);
    }

    [Fact]
    public void Learn_HidesOnly_NeverTakeMoreThanEverything()
    {
        var beliefs = new PlaylistBeliefs();
        for (var i = 0; i < 20; i++)
        {
            beliefs.Learn(new PlaylistId("p"), 0.1, -1);
        }

        var (playlists, unseen) = beliefs.MakeBeliefs();
        var belief = playlists[new PlaylistId("p")];
        Assert.Equal(-1, belief.Mean);
        Assert.True(belief.Deviation > 0);
        Assert.InRange(unseen.Deviation, 0.7, 0.9); // That nobody wants one tells hardly anything of the others.
    }

    [Fact]
    public void Fade_LongEnough_ForgetsAPlaylist()
    {
        var beliefs = new PlaylistBeliefs();
        beliefs.Learn(new PlaylistId("p"), 0.1, 1);
        beliefs.Fade(0.5);
        var faded = beliefs.MakeBeliefs().Playlists[new PlaylistId("p")];
        Assert.InRange(faded.Mean, 0.1, 0.9);
        beliefs.Fade(1e-6);
        Assert.Empty(beliefs.MakeBeliefs().Playlists);
    }
}
