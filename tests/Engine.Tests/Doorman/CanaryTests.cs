using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>Who is on a canary, and when the rules decide.</summary>
public sealed class CanaryTests
{
    private static readonly CanaryRules s_rules = new();
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(99)]
    public void Bucket_ManyListeners_HoldsItsShare_AndALargerShareHoldsTheSameOnes(double percent)
    {
        var users = Enumerable.Range(0, 20_000).Select(i => new UserId($"listener-{i}")).ToArray();
        var held = users.Where(user => CanaryBucket.Holds(user, percent)).ToArray();
        Assert.InRange(held.Length / 20_000.0 * 100, percent - 1.5, percent + 1.5);
        Assert.All(held, user => Assert.True(CanaryBucket.Holds(user, percent + 0.5)));
        Assert.DoesNotContain(users, user => CanaryBucket.Holds(user, 0));
    }

    [Fact]
    public void Bucket_OfAnId_NeverChanges()
    {
        // In every process and every release: else a listener would change sides.
        Assert.Equal([4503, 7330, 1491], [BucketOf("a"), BucketOf("listener-1"), BucketOf("ö")]);
        Assert.InRange(BucketOf(""), 0, 9_999);
        static int BucketOf(string id) => CanaryBucket.Of(new UserId(id));
    }

    [Fact]
    public void Rules_TooFewImpressions_Wait()
    {
        var verdict = s_rules.Judge(new(1_999, 800, 10, 5), new(5_000, 2_000, 30, 10), s_hour);
        Assert.Equal(CanaryDecision.Wait, verdict.Decision);
    }

    [Fact]
    public void Rules_PlayedAlike_Promote()
    {
        var verdict = s_rules.Judge(new(100_000, 40_000, 900, 300), new(100_000, 40_100, 910, 305), s_hour);
        Assert.Equal(CanaryDecision.Promote, verdict.Decision);
        Assert.InRange(verdict.Metrics["playRatio"], 1.0, 1.01);
    }

    [Fact]
    public void Rules_PlayedAlikeAsFarAsOneCanTell_Wait()
    {
        // 800 plays tell a ratio to ±15 %: not enough to say that no 5 % are lost.
        var verdict = s_rules.Judge(new(2_000, 800, 10, 5), new(2_000, 800, 10, 5), s_hour);
        Assert.Equal(CanaryDecision.Wait, verdict.Decision);
        Assert.InRange(verdict.Metrics["playRatioLow"], 0.8, 0.95);
    }

    [Fact]
    public void Rules_PlayedLess_Reject() =>
        Assert.Equal(CanaryDecision.Reject, s_rules.Judge(new(100_000, 40_000, 900, 300), new(10_000, 3_000, 80, 30), s_hour).Decision);

    [Fact]
    public void Rules_PlayedAlikeAndHiddenMore_Reject() =>
        Assert.Equal(CanaryDecision.Reject, s_rules.Judge(new(100_000, 40_000, 900, 300), new(100_000, 40_000, 900, 900), s_hour).Decision);

    [Fact]
    public void Rules_LikedLess_Reject() =>
        Assert.Equal(CanaryDecision.Reject, s_rules.Judge(new(100_000, 40_000, 4_000, 300), new(100_000, 40_000, 2_000, 300), s_hour).Decision);

    [Fact]
    public void Rules_UndecidedForADay_Reject()
    {
        var verdict = s_rules.Judge(new(10, 5, 0, 0), new(10, 5, 0, 0), TimeSpan.FromDays(1));
        Assert.Equal(CanaryDecision.Reject, verdict.Decision);
        Assert.Contains("undecided", verdict.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_NothingCounted_HasFiniteMetricsOnly() =>
        Assert.All(s_rules.Judge(default, default, s_hour).Metrics.Values, value => Assert.True(double.IsFinite(value)));
}
