using Buddies.Engine.Events;

namespace Buddies.Embedded.Tests;

/// <summary>Producers take turns, whoever has how much in line.</summary>
public sealed class FairQueueTests
{
    [Fact]
    public void Take_OneProducerWithMuchInLine_DoesNotHoldUpTheOthers()
    {
        var queue = new FairQueue(100_000, turnEvents: 1000);
        for (var i = 0; i < 80; i++)
        {
            Assert.Equal(FairQueue.Admission.Taken, queue.TryAdd(Request("greedy", 500)));
        }

        foreach (var modest in new[] { "a", "b", "c" })
        {
            queue.TryAdd(Request(modest, 500));
        }

        var group = new List<IngestRequest>();
        queue.Take(group, 4000);
        Assert.Equal(["a", "b", "c"], group.Select(request => request.Producer).Where(producer => producer != "greedy"));
        Assert.Equal(4000, group.Sum(request => request.Events.Count));
    }

    [Fact]
    public void Take_TwoProducersWithMuch_SendAlike_WhateverTheLengthOfTheirRequests()
    {
        var queue = new FairQueue(1_000_000, turnEvents: 1000);
        for (var i = 0; i < 30; i++)
        {
            queue.TryAdd(Request("long", 7000));
        }

        for (var i = 0; i < 3000; i++)
        {
            queue.TryAdd(Request("short", 70));
        }

        var taken = new List<IngestRequest>();
        for (var groups = 0; groups < 8; groups++)
        {
            queue.Take(taken, 16_384);
        }

        var ofLong = taken.Where(request => request.Producer == "long").Sum(request => request.Events.Count);
        var ofShort = taken.Where(request => request.Producer == "short").Sum(request => request.Events.Count);
        Assert.True(Math.Abs(ofLong - ofShort) <= 8000, $"{ofLong} events of the long requests, {ofShort} of the short ones");
    }

    [Fact]
    public void Take_KeepsTheOrderOfEachProducer()
    {
        var queue = new FairQueue(100_000, turnEvents: 100);
        var sent = Enumerable.Range(0, 60).Select(i => Request($"{i % 3}", 1 + (i * 7 % 90))).ToArray();
        Array.ForEach(sent, request => queue.TryAdd(request));
        var taken = new List<IngestRequest>();
        while (taken.Count < sent.Length)
        {
            queue.Take(taken, 300);
        }

        foreach (var producer in new[] { "0", "1", "2" })
        {
            Assert.Equal(sent.Where(request => request.Producer == producer), taken.Where(request => request.Producer == producer));
        }
    }

    [Fact]
    public void TryAdd_FullQueue_SendsAwayWhoHasAnyInLine_AndTakesOneOfEachOther()
    {
        var queue = new FairQueue(1000, turnEvents: 100);
        Assert.Equal(FairQueue.Admission.Taken, queue.TryAdd(Request("greedy", 600)));
        Assert.Equal(FairQueue.Admission.Taken, queue.TryAdd(Request("greedy", 400)));
        Assert.Equal(FairQueue.Admission.Full, queue.TryAdd(Request("greedy", 1)));
        Assert.Equal(FairQueue.Admission.Taken, queue.TryAdd(Request("modest", 500)));
        Assert.Equal(FairQueue.Admission.Full, queue.TryAdd(Request("modest", 1)));
        Assert.Equal(FairQueue.Admission.Full, queue.TryAdd(Request("third", 501)));
        Assert.Equal(1500, queue.Events);

        // What is taken out counts until it is answered.
        var group = new List<IngestRequest>();
        queue.Take(group, 10_000);
        Assert.Equal(1500, queue.Events);
        Assert.Equal(FairQueue.Admission.Full, queue.TryAdd(Request("greedy", 1)));
        group.ForEach(queue.Release);
        Assert.Equal(0, queue.Events);
        Assert.Equal(FairQueue.Admission.Taken, queue.TryAdd(Request("greedy", 5000)));
    }

    [Fact]
    public async Task Work_GoesFirst_AndWhatWaitsAtTheEndIsStillGivenOut()
    {
        var queue = new FairQueue(1000, turnEvents: 100);
        queue.TryAdd(Request("p", 10));
        queue.TryAdd(new IngestRequest("", [], () => Task.CompletedTask, 0));
        queue.Complete();
        Assert.Equal(FairQueue.Admission.Closed, queue.TryAdd(Request("p", 1)));
        Assert.True(await queue.WaitAsync());
        Assert.True(queue.TryTakeWork(out _));
        Assert.False(queue.TryTakeWork(out _));
        Assert.True(await queue.WaitAsync());
        var group = new List<IngestRequest>();
        queue.Take(group, 100);
        Assert.Single(group);
        Assert.False(await queue.WaitAsync());
    }

    private static IngestRequest Request(string producer, int events) => new(producer, new UserEvent[events], null, 0);
}
