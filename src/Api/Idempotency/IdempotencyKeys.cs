using Buddies.Api.Contracts;

namespace Buddies.Api.Idempotency;

/// <summary>
/// Remembers the answers to requests with an idempotency key: the same key with the same body gets the same answer, and
/// the effect once. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Kept in memory, for <see cref="BuddiesApiOptions.IdempotencyWindow"/> and at most
/// <see cref="BuddiesApiOptions.IdempotencyBytes"/> in all, the oldest giving way. After a restart, or when an answer had
/// to give way, a repeated request is taken as a new one: its events' ids are known to the log, so it still has no second
/// effect, but the answer counts them as duplicates.
/// </remarks>
internal sealed class IdempotencyKeys(BuddiesApiOptions options, TimeProvider time)
{
    /// <summary>Longest key, in characters.</summary>
    public const int MaxKeyLength = 255;

    /// <summary>What an entry costs beside its texts: objects, dictionary and list.</summary>
    private const int EntryBytes = 400;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Producer, string Key), Entry> _entries = [];
    private readonly LinkedList<Entry> _answered = new();
    private long _bytes;

    /// <summary>What the remembered answers hold, about.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Does the work unless it was done under this key, and answers as it was answered then.</summary>
    /// <param name="producer">Whose key it is: another's with the same text is another key.</param>
    /// <param name="key">The key.</param>
    /// <param name="digest">What makes one body equal another.</param>
    /// <param name="work">What is to be done once. It goes on when the caller gives up, so that its answer is there for the next.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The answer; where the work fails so do all who wait for it, and the key is free again.</returns>
    public async Task<KeyedAnswer> AnswerAsync(
        string producer, string key, byte[] digest, Func<Task<EventsResponse>> work, CancellationToken cancellationToken)
    {
        var (entry, isOwn) = FindOrAdd(producer, key, digest);
        if (isOwn)
        {
            entry.Work = RunAsync(entry, work);
        }
        else if (!entry.Digest.AsSpan().SequenceEqual(digest))
        {
            return default;
        }

        // Where another request with the key is under way, its answer, or its failure, is this one's too.
        return new KeyedAnswer(await entry.Answer.Task.WaitAsync(cancellationToken), !isOwn);
    }

    private (Entry Entry, bool IsOwn) FindOrAdd(string producer, string key, byte[] digest)
    {
        lock (_lock)
        {
            Forget();
            if (_entries.TryGetValue((producer, key), out var known))
            {
                return (known, false);
            }

            var entry = new Entry(producer, key, digest);
            _entries.Add((producer, key), entry);
            return (entry, true);
        }
    }

    private async Task RunAsync(Entry entry, Func<Task<EventsResponse>> work)
    {
        try
        {
            var answer = await work();
            lock (_lock)
            {
                entry.AnsweredAt = time.GetUtcNow();
                entry.Bytes = CostOf(entry, answer);
                _bytes += entry.Bytes;
                _answered.AddLast(entry);
                Forget();
            }

            entry.Answer.SetResult(answer);
        }
#pragma warning disable CA1031 // Whoever waits gets it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (_lock)
            {
                _entries.Remove((entry.Producer, entry.Key));
            }

            entry.Answer.SetException(e);
        }
    }

    /// <summary>Lets go of what is too old, and of the oldest where there is too much.</summary>
    private void Forget()
    {
        var now = time.GetUtcNow();
        while (_answered.First is { Value: var oldest } && (now - oldest.AnsweredAt >= options.IdempotencyWindow || _bytes > options.IdempotencyBytes))
        {
            _answered.RemoveFirst();
            _bytes -= oldest.Bytes;
            _entries.Remove((oldest.Producer, oldest.Key));
        }
    }

    private static long CostOf(Entry entry, EventsResponse answer) =>
        EntryBytes + (2L * (entry.Producer.Length + entry.Key.Length)) + answer.Rejected.Sum(item => 48 + (2L * item.Error.Length));

    private sealed class Entry(string producer, string key, byte[] digest)
    {
        public string Producer { get; } = producer;

        public string Key { get; } = key;

        public byte[] Digest { get; } = digest;

        public TaskCompletionSource<EventsResponse> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Work { get; set; } = Task.CompletedTask;

        public DateTimeOffset AnsweredAt { get; set; }

        public long Bytes { get; set; }
    }
}
