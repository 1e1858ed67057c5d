using System.Collections.Concurrent;
using System.Diagnostics;
using Buddies.Cli.Precompute;

namespace Buddies.Cli.Bench.Serving;

/// <summary>Makes pages for clients on threads of their own.</summary>
internal interface IPageServer
{
    /// <summary>Pages made together, on average.</summary>
    double MeanBatch { get; }

    /// <summary>Returns when the listener's page is made.</summary>
    void Serve(int user);
}

/// <summary>Each client's page by itself, on the client's thread.</summary>
internal sealed class SingleServer(PrecomputeWorld world, PrecomputeJob job) : IPageServer, IDisposable
{
    private readonly ThreadLocal<PageMaker> _makers = new(() => new PageMaker(world, job));

    public double MeanBatch => 1;

    public void Serve(int user) => _makers.Value!.Make(user, world.FindBuddies([user])[0]);

    public void Dispose() => _makers.Dispose();
}

/// <summary>Requests are gathered from the first one on for a window, 64 at most; then their pages are made together.</summary>
internal sealed class BatchingServer : IPageServer, IDisposable
{
    private const int Most = 64;

    private readonly PrecomputeWorld _world;
    private readonly TimeSpan _window;
    private readonly CancellationToken _cancellationToken;
    private readonly ThreadLocal<PageMaker> _makers;
    private readonly BlockingCollection<Request> _queue = [];
    private readonly Thread _thread;
    private long _pages;
    private long _batches;

    public BatchingServer(PrecomputeWorld world, PrecomputeJob job, TimeSpan window, CancellationToken cancellationToken)
    {
        (_world, _window, _cancellationToken) = (world, window, cancellationToken);
        _makers = new ThreadLocal<PageMaker>(() => new PageMaker(world, job));
        _thread = new Thread(Work);
        _thread.Start();
    }

    public double MeanBatch => _pages / (double)Math.Max(1, _batches);

    public void Serve(int user)
    {
        // A client is a thread that has nothing else to do until its page is there; a continuation on a pool would add the
        // pool's delays to what is measured.
        using var request = new Request(user);
        _queue.Add(request);
        request.IsDone.Wait();
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
        _makers.Dispose();
    }

    private void Work()
    {
        var batch = new List<Request>();
        while (!_queue.IsCompleted)
        {
            if (!_queue.TryTake(out var first, Timeout.Infinite))
            {
                return;
            }

            var began = Stopwatch.GetTimestamp();
            batch.Add(first);
            while (batch.Count < Most)
            {
                var rest = _window - Stopwatch.GetElapsedTime(began);
                if (!_queue.TryTake(out var next, rest > TimeSpan.Zero ? rest : TimeSpan.Zero))
                {
                    break;
                }

                batch.Add(next);
            }

            Make(batch);
            batch.Clear();
        }
    }

    private void Make(List<Request> batch)
    {
        int[] users = [.. batch.Select(request => request.User).Distinct()];
        var buddies = _world.FindBuddies(users);
        Parallel.For(0, users.Length, i =>
        {
            if (!_cancellationToken.IsCancellationRequested)
            {
                _makers.Value!.Make(users[i], buddies[i]);
            }
        });
        _pages += batch.Count;
        _batches++;
        foreach (var request in batch)
        {
            request.IsDone.Set();
        }
    }

    private sealed class Request(int user) : IDisposable
    {
        public int User { get; } = user;

        public ManualResetEventSlim IsDone { get; } = new();

        public void Dispose() => IsDone.Dispose();
    }
}
