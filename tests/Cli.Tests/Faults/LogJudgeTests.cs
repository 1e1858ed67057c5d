using Buddies.Cli.Bench.Faults;
using Buddies.Engine.Events;

namespace Buddies.Cli.Tests.Faults;

public sealed class LogJudgeTests
{
    private readonly List<UserEvent> _sent = new FaultEvents(0, DateTimeOffset.UnixEpoch.AddYears(50), 1).Next(10);

    [Fact]
    public void Judge_Everything_Once_IsClean() => Assert.Equal(default, LogJudge.Judge(_sent, _sent, 10));

    [Fact]
    public void Judge_AnEventMissing_IsLost() => Assert.Equal(new LogVerdict(1, 0, 0), LogJudge.Judge(_sent, _sent[..9], 9));

    [Fact]
    public void Judge_AnEffectMissing_IsLost() => Assert.Equal(new LogVerdict(1, 0, 0), LogJudge.Judge(_sent, _sent, 9));

    [Fact]
    public void Judge_AnEventTwice_IsDoubled() => Assert.Equal(new LogVerdict(0, 1, 0), LogJudge.Judge(_sent, [.. _sent, _sent[4]], 11));

    [Fact]
    public void Judge_AnEffectTwice_IsDoubled() => Assert.Equal(new LogVerdict(0, 1, 0), LogJudge.Judge(_sent, _sent, 11));

    [Fact]
    public void Judge_AnEventNobodySent_IsDoubled()
    {
        var stranger = _sent[0] with { Id = new("stranger") };
        Assert.Equal(new LogVerdict(0, 1, 0), LogJudge.Judge(_sent, [.. _sent, stranger], 11));
    }

    [Fact]
    public void Judge_OtherContents_AreAltered()
    {
        var logged = _sent.ToList();
        logged[3] = logged[3] with { OccurredAt = logged[3].OccurredAt.AddMilliseconds(1) };
        Assert.Equal(new LogVerdict(0, 0, 1), LogJudge.Judge(_sent, logged, 10));
    }

    [Fact]
    public void Judge_AnotherOrder_IsAltered()
    {
        var logged = _sent.ToList();
        (logged[3], logged[4]) = (logged[4], logged[3]);
        Assert.Equal(new LogVerdict(0, 0, 2), LogJudge.Judge(_sent, logged, 10));
    }
}
