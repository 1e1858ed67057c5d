using System.Globalization;
using System.Text;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>
/// One producer's batches, rendered ahead: sending one again only writes new numbers into its event ids, so that the
/// producer takes next to nothing of the cores that it shares with the server.
/// </summary>
internal sealed class EventBatches
{
    private const int Digits = 12;
    private readonly Template[] _templates;
    private long _number;
    private int _next = -1;

    /// <param name="shape">The load.</param>
    /// <param name="producer">Whose batches; part of every event id.</param>
    /// <param name="occurredAt">When all of it happened.</param>
    /// <param name="mostBytes">About how much is rendered; one batch at least.</param>
    public EventBatches(LoadShape shape, int producer, DateTimeOffset occurredAt, int mostBytes = 4 << 20)
    {
        var random = new Random(unchecked((shape.Seed * 7919) + producer));
        var prefix = string.Create(CultureInfo.InvariantCulture, $"load-{producer:000}-");
        var time = occurredAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var templates = new List<Template>();
        for (var bytes = 0; bytes < mostBytes; bytes += templates[^1].Body.Length)
        {
            templates.Add(Render(shape, random, prefix, time));
        }

        _templates = [.. templates];
    }

    /// <summary>The listeners of the current batch, one for each event, as positions of the world.</summary>
    public int[] Listeners => _templates[_next].Listeners;

    /// <summary>The next batch: other events than the one before, each with an id that was never sent.</summary>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlyMemory<byte> Next()
    {
        _next = (_next + 1) % _templates.Length;
        var template = _templates[_next];
        foreach (var place in template.NumberPlaces)
        {
            Write(++_number, template.Body.AsSpan(place, Digits));
        }

        return template.Body;
    }

    private static Template Render(LoadShape shape, Random random, string prefix, string time)
    {
        using var body = new MemoryStream();
        var (places, listeners) = (new int[shape.Batch], new int[shape.Batch]);
        for (var i = 0; i < shape.Batch; i++)
        {
            listeners[i] = shape.FirstListener + random.Next(shape.Listeners);
            body.Write("{\"eventId\":\""u8);
            body.Write(Encoding.UTF8.GetBytes(prefix));
            places[i] = (int)body.Length;
            body.Write("000000000000"u8);

            // Popular tracks are played more.
            var track = (int)(shape.Tracks * Math.Pow(random.NextDouble(), 2));
            var luck = random.NextDouble();
            var duration = random.Next(150_000, 300_000);
            var (kind, played) = luck switch
            {
                < 0.02 => ("like", null as int?),
                < 0.12 => ("skip", random.Next(1_000, 20_000)),
                _ => ("listen", duration),
            };
            body.Write(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"\",\"userId\":\"{SyntheticWorld.ListenerId(listeners[i])}\",\"kind\":\"{kind}\",\"trackId\":\"{SyntheticWorld.TrackId(track)}\"{(played is { } ms ? $",\"playedMs\":{ms},\"durationMs\":{duration}" : "")},\"occurredAt\":\"{time}\"}}\n")));
        }

        return new Template(body.ToArray(), places, listeners);
    }

    private static void Write(long number, Span<byte> digits)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            (number, var digit) = Math.DivRem(number, 10);
            digits[i] = (byte)('0' + digit);
        }
    }

    private sealed record Template(byte[] Body, int[] NumberPlaces, int[] Listeners);
}
