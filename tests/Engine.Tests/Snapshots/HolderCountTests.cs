using Buddies.Engine.Snapshots;

namespace Buddies.Engine.Tests.Snapshots;

public sealed class HolderCountTests
{
    [Fact]
    public void Remove_TheLastHolder_IsToldSo_AndNobodyCanHoldItAgain()
    {
        var holders = new HolderCount();
        Assert.True(holders.TryAdd());
        Assert.Equal(2, holders.Count);
        Assert.False(holders.Remove());
        Assert.True(holders.Remove());
        Assert.False(holders.TryAdd());
        Assert.Equal(0, holders.Count);
    }

    [Fact]
    public async Task TryAdd_WhileTheOwnerLetsGo_FreesItOnceAndNeverUnderAHolder()
    {
        for (var round = 0; round < 50; round++)
        {
            var (holders, freed) = (new HolderCount(), 0);
            using var start = new Barrier(4);
            void Hold()
            {
                start.SignalAndWait();
                for (var i = 0; i < 100 && holders.TryAdd(); i++)
                {
                    Assert.Equal(0, Volatile.Read(ref freed));
                    Free();
                }
            }

            void Free()
            {
                if (holders.Remove())
                {
                    Interlocked.Increment(ref freed);
                }
            }

            var readers = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(Hold, default, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
            start.SignalAndWait();
            Free();
            await Task.WhenAll(readers);
            Assert.Equal(1, freed);
        }
    }
}
