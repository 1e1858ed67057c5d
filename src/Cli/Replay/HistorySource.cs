using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Buddies.Cli.Server;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Cli.Replay;

/// <summary>Reads a history: what a store holds, or a file of events as the door takes them.</summary>
internal sealed class HistorySource
{
    private readonly SortedHistory _history;
    private readonly long _fromMs;
    private readonly long _toMs;

    /// <param name="history">Takes the events.</param>
    /// <param name="from">Only events at this time or later; null for all.</param>
    /// <param name="to">Only events before this time; null for all.</param>
    public HistorySource(SortedHistory history, DateTimeOffset? from, DateTimeOffset? to) =>
        (_history, _fromMs, _toMs) = (history, from?.ToUnixTimeMilliseconds() ?? long.MinValue, to?.ToUnixTimeMilliseconds() ?? long.MaxValue);

    /// <summary>Plays of rows that stand for several, which were not made events of their own.</summary>
    public long PlaysLeftOut { get; private set; }

    /// <summary>Lines that are no events.</summary>
    public long BadLines { get; private set; }

    /// <summary>The first of them, with its number; null while there is none.</summary>
    public string? FirstBadLine { get; private set; }

    /// <summary>Reads a store's log.</summary>
    /// <param name="log">The log.</param>
    /// <param name="mostPlays">A row that stands for several plays becomes at most so many events.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReadAsync(IEventLog log, int mostPlays, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await foreach (var (_, @event) in log.ReadAsync(0, cancellationToken))
        {
            var at = @event.OccurredAt.ToUnixTimeMilliseconds();
            if (!IsWanted(at))
            {
                continue;
            }

            var plays = Math.Min(@event.Plays, mostPlays);
            PlaysLeftOut += @event.Plays - plays;
            for (var play = 1; play <= plays; play++)
            {
                buffer.ResetWrittenCount();
                EventLines.Write(buffer, @event with { Id = IdOf(@event.Id, play) });
                _history.Add(new HistoryItem(at, buffer.WrittenSpan.ToArray()));
            }
        }
    }

    /// <summary>Reads a file of one JSON object a line; a name that ends in <c>.gz</c> is unpacked.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isStrict">Whether the first line that is no event ends it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The file cannot be read, or is not good enough.</exception>
    public async Task ReadFileAsync(string path, bool isStrict, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: false));
        for (var number = 1L; await reader.ReadLineAsync(cancellationToken) is { } text; number++)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            var line = Encoding.UTF8.GetBytes(text);
            if (EventTime.Find(line, out var at) is { } error)
            {
                BadLines++;
                FirstBadLine ??= $"line {number}: {error}";
                if (isStrict)
                {
                    throw new IOException($"{path}: {FirstBadLine}.");
                }
            }
            else if (IsWanted(at))
            {
                _history.Add(new HistoryItem(at, line));
            }
        }
    }

    /// <summary>The id of one play of a row: always the same, so that a repeated replay has no second effect.</summary>
    private static EventId IdOf(EventId id, int play)
    {
        if (play == 1)
        {
            return id;
        }

        var suffix = string.Create(CultureInfo.InvariantCulture, $"#{play}");
        return new EventId(id.Value.Length + suffix.Length <= EventRules.MaxIdLength
            ? id.Value + suffix
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id.Value))) + suffix);
    }

    private bool IsWanted(long at) => at >= _fromMs && at < _toMs;
}
