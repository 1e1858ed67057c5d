using System.Net;
using Buddies.Grains.Placement;

namespace Buddies.Grains.Tests;

/// <summary>Listeners are spread evenly, and only those of a silo that goes are moved.</summary>
public sealed class OwnersTests
{
    private const int Users = 30_000;

    private static readonly SiloAddress[] s_silos =
        [.. Enumerable.Range(0, 6).Select(i => SiloAddress.New(IPAddress.Parse($"10.0.0.{i + 1}"), 11111, 7))];

    [Fact]
    public void Of_ManyUsers_SpreadsThemEvenly()
    {
        var shares = Enumerable.Range(0, Users).CountBy(u => Owners.Of($"user-{u}", s_silos)).ToDictionary();
        Assert.Equal(s_silos.Length, shares.Count);

        // Five standard deviations of a fair share.
        const double Fair = Users / 6.0;
        Assert.All(shares.Values, share => Assert.InRange(share, Fair - (5 * Math.Sqrt(Fair)), Fair + (5 * Math.Sqrt(Fair))));
    }

    [Fact]
    public void Of_ASiloLess_MovesOnlyItsOwn()
    {
        var rest = s_silos[..5];
        for (var u = 0; u < Users; u++)
        {
            var owner = Owners.Of($"user-{u}", s_silos);
            Assert.True(owner.Equals(s_silos[5]) || owner.Equals(Owners.Of($"user-{u}", rest)), $"user-{u}");
        }
    }

    [Fact]
    public void Of_SilosInAnotherOrder_IsTheSame() => Assert.All(
        Enumerable.Range(0, 1000), u => Assert.Equal(Owners.Of($"user-{u}", s_silos), Owners.Of($"user-{u}", [.. s_silos.Reverse()])));
}
