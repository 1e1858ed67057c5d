namespace Buddies.Embedded.Tests;

/// <summary>How long whoever is sent away is told to wait.</summary>
public sealed class DrainRateTests
{
    [Fact]
    public void Rate_IsThatOfBusyTimes()
    {
        var time = new FakeTime(DateTimeOffset.UnixEpoch);
        var drain = new DrainRate(time);
        for (var burst = 0; burst < 5; burst++)
        {
            time.Advance(TimeSpan.FromMinutes(10));
            drain.Begin();
            for (var i = 0; i < 20; i++)
            {
                time.Advance(TimeSpan.FromMilliseconds(50));
                drain.OnApplied(100);
            }
        }

        Assert.Equal(2000, drain.PerSecond, 1.0);
    }

    [Fact]
    public void Rate_FollowsAChangeWithinSeconds()
    {
        var time = new FakeTime(DateTimeOffset.UnixEpoch);
        var drain = new DrainRate(time);
        drain.Begin();
        foreach (var rate in new[] { 10_000, 500 })
        {
            for (var i = 0; i < 100; i++)
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                drain.OnApplied(rate / 10);
            }

            Assert.InRange(drain.PerSecond, rate * 0.9, rate * 1.2);
        }
    }

    [Fact]
    public void WaitFor_NothingMeasured_IsASecond_AndNeverMoreThanHalfAMinute()
    {
        var time = new FakeTime(DateTimeOffset.UnixEpoch);
        var drain = new DrainRate(time);
        Assert.Equal(TimeSpan.FromSeconds(1), drain.WaitFor(50_000, 100));
        drain.Begin();
        time.Advance(TimeSpan.FromSeconds(1));
        drain.OnApplied(100);
        Assert.Equal(TimeSpan.FromSeconds(30), drain.WaitFor(50_000, 100));
        Assert.Equal(TimeSpan.FromSeconds(5), drain.WaitFor(500, 100));
    }

    [Fact]
    public void WaitFor_ManyAreSentAway_EachIsTakenWhenItComesBackAsTold()
    {
        // A server that applies 10,000 events a second and holds 20,000; 200 producers with 1,000 each come at once.
        const int Rate = 10_000, Capacity = 20_000, Producers = 200, Batch = 1000;
        var time = new FakeTime(DateTimeOffset.UnixEpoch);
        var drain = new DrainRate(time);
        drain.Begin();
        var (waiting, refusals, done) = (0, 0, 0);
        var due = new PriorityQueue<int, DateTimeOffset>();
        for (var producer = 0; producer < Producers; producer++)
        {
            due.Enqueue(producer, time.GetUtcNow());
        }

        while (done < Producers * Batch)
        {
            while (due.TryPeek(out var producer, out var at) && at <= time.GetUtcNow())
            {
                due.Dequeue();
                if (waiting + Batch <= Capacity)
                {
                    waiting += Batch;
                }
                else
                {
                    refusals++;
                    var seconds = Math.Max(1, Math.Ceiling(drain.WaitFor(waiting, Batch).TotalSeconds)); // As the header has it.
                    due.Enqueue(producer, time.GetUtcNow().AddSeconds(seconds));
                }
            }

            var applied = Math.Min(waiting, Rate / 20);
            time.Advance(TimeSpan.FromMilliseconds(50));
            if (applied > 0)
            {
                (waiting, done) = (waiting - applied, done + applied);
                drain.OnApplied(applied);
            }
        }

        var needed = TimeSpan.FromSeconds((double)Producers * Batch / Rate);
        var took = time.GetUtcNow() - DateTimeOffset.UnixEpoch;
        Assert.True(took < 1.25 * needed, $"took {took}, needed {needed}: told to wait too long");
        Assert.True(refusals < 3 * Producers, $"{refusals} refusals of {Producers} producers: told to come back too early");
    }
}
