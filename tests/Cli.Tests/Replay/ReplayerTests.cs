using System.Diagnostics;
using System.Text;
using Buddies.Cli.Replay;
using Buddies.Cli.Server;
using Buddies.Embedded.Tests;

namespace Buddies.Cli.Tests.Replay;

public sealed class ReplayerTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTime _time = new(s_start);
    private readonly List<(TimeSpan At, string Lines)> _posts = [];
    private readonly Queue<Func<DoorAnswer>> _answers = new();

    [Theory]
    [InlineData(1d, 0d, 1d, 3d, 60d)]
    [InlineData(10d, 0d, 0.1d, 0.3d, 6d)]
    public async Task Run_AtASpeed_SendsEachWhenItIsDue(double speed, params double[] seconds)
    {
        var replayer = New(new ReplayOptions(speed, 10, TimeSpan.Zero));
        await DriveAsync(replayer.RunAsync([Item(0), Item(1_000), Item(3_000), Item(3_000), Item(60_000)], _ => { }, default));

        Assert.Equal(["0\n", "1000\n", "3000\n3000\n", "60000\n"], _posts.Select(post => post.Lines));
        Assert.Equal(seconds, _posts.Select(post => Math.Round(post.At.TotalSeconds, 2)));
        Assert.Equal((5, true), (replayer.Report.Sent, replayer.Report.IsComplete));
    }

    [Fact]
    public async Task Run_AsFastAsItGoes_FillsBatchesAndNeverWaits()
    {
        var replayer = New(new ReplayOptions(0, 2, TimeSpan.Zero));
        await replayer.RunAsync([Item(0), Item(1_000_000), Item(2_000_000)], _ => { }, default);
        Assert.Equal(["0\n1000000\n", "2000000\n"], _posts.Select(post => post.Lines));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Run_ToldToComeLater_ComesBackThenWithTheSameBatch(int status)
    {
        _answers.Enqueue(() => new DoorAnswer(status, 0, 0, 0, TimeSpan.FromSeconds(7), "later"));
        var replayer = New(new ReplayOptions(0, 10, TimeSpan.Zero));
        await DriveAsync(replayer.RunAsync([Item(0), Item(5)], _ => { }, default));

        Assert.Equal([(TimeSpan.Zero, "0\n5\n"), (TimeSpan.FromSeconds(7), "0\n5\n")], _posts);
        Assert.Equal((1, 2), (replayer.Report.ToldToWait, replayer.Report.Accepted));
    }

    [Fact]
    public async Task Run_TheAnswerIsLost_TheSameBatchIsSentAgain()
    {
        _answers.Enqueue(() => new DoorAnswer(202, 1, 0, 0, null, null));
        _answers.Enqueue(() => throw new HttpRequestException("gone"));
        _answers.Enqueue(() => throw new HttpRequestException("still gone"));
        _answers.Enqueue(() => new DoorAnswer(202, 0, 1, 0, null, null));
        var replayer = New(new ReplayOptions(0, 1, TimeSpan.FromSeconds(30)));
        await DriveAsync(replayer.RunAsync([Item(0), Item(5)], _ => { }, default));

        Assert.Equal(["0\n", "5\n", "5\n", "5\n"], _posts.Select(post => post.Lines));
        Assert.Equal((2, 1, 1, 2), (replayer.Report.Sent, replayer.Report.Accepted, replayer.Report.Duplicates, replayer.Report.NoAnswer));
    }

    [Fact]
    public async Task Run_ServerStaysAway_GivesUpAndSaysHowFarItCame()
    {
        _answers.Enqueue(() => new DoorAnswer(202, 1, 0, 0, null, null));
        for (var i = 0; i < 6; i++)
        {
            _answers.Enqueue(() => throw new HttpRequestException("gone"));
        }

        var replayer = New(new ReplayOptions(0, 1, TimeSpan.FromSeconds(5)));
        var gaveUp = await Assert.ThrowsAsync<IOException>(() => DriveAsync(replayer.RunAsync([Item(3), Item(5)], _ => { }, default)));

        Assert.Contains("gone", gaveUp.Message, StringComparison.Ordinal);
        Assert.Equal((DateTimeOffset.FromUnixTimeMilliseconds(3), 1, false), (replayer.Report.LastAt, replayer.Report.Sent, replayer.Report.IsComplete));
    }

    [Fact]
    public async Task Run_ServerWasNeverThere_FailsAtOnce()
    {
        _answers.Enqueue(() => throw new HttpRequestException("refused"));
        var replayer = New(new ReplayOptions(0, 1, TimeSpan.FromHours(1)));
        await Assert.ThrowsAsync<IOException>(() => replayer.RunAsync([Item(3)], _ => { }, default));
        Assert.Single(_posts);
    }

    private Replayer New(ReplayOptions options) => new(
        (lines, _) =>
        {
            _posts.Add((_time.GetUtcNow() - s_start, Encoding.UTF8.GetString(lines.Span)));
            var count = lines.Span.Count((byte)'\n');
            return Task.FromResult(_answers.TryDequeue(out var answer) ? answer() : new DoorAnswer(202, count, 0, 0, null, null));
        },
        options,
        _time);

    private static HistoryItem Item(long atMs) => new(atMs, Encoding.UTF8.GetBytes($"{atMs}"));

    /// <summary>Lets time go by until the replay has ended; nothing else runs, so it stands wherever it waits.</summary>
    private async Task DriveAsync(Task replay)
    {
        // Time stands while the replay works: what it does then runs on a thread of its own.
        var patience = Stopwatch.StartNew();
        while (!replay.IsCompleted)
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), "the replay never ends");
            if (_time.IsAwaited)
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
            }

            await Task.Yield();
        }

        await replay;
    }
}
