using System.Globalization;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Sqlite;

// Usage: PATH FIRST PRODUCERS. Appends events numbered from FIRST upwards, never twice the same, until it is killed.
// Or: PATH doorman. Changes the doorman's record, two journal entries an epoch, until it is killed.
var path = args[0];
if (args[1] == "doorman")
{
    await DoormanWriter.RunAsync(path);
    return;
}

var next = long.Parse(args[1], CultureInfo.InvariantCulture);
var producers = int.Parse(args[2], CultureInfo.InvariantCulture);

await using var store = await SqliteStore.OpenAsync(path);
var output = new object();
await Task.WhenAll(Enumerable.Range(0, producers).Select(producer => Task.Run(() => ProduceAsync(producer))));

async Task ProduceAsync(int producer)
{
    while (true)
    {
        var count = 1 + (producer * 7 % 23);
        var first = Interlocked.Add(ref next, count) - count;
        var batch = Enumerable.Range(0, count).Select(i => Event(first + i)).ToArray();
        _ = await store.Events.AppendAsync(batch, CancellationToken.None);

        // What reaches the pipe has been acknowledged before; a line without its semicolon was cut by the kill.
        var lines = string.Concat(batch.Select(e => e.Id.Value + ";\n"));
        lock (output)
        {
            Console.Out.Write(lines);
            Console.Out.Flush();
        }
    }
}

static UserEvent Event(long number) => new(
    new EventId(number.ToString(CultureInfo.InvariantCulture)),
    new UserId($"user-{number % 1000}"),
    EventKind.Listen,
    new TrackId($"track-{number % 5000}"),
    null,
    180_000,
    200_000,
    DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + number));
