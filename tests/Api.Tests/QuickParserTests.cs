using System.Text;
using System.Text.Json;
using Buddies.Api.Bodies;
using Buddies.Engine.Events;

namespace Buddies.Api.Tests;

/// <summary>The quick way of reading an event takes what the thorough one takes, and makes the same of it.</summary>
public sealed class QuickParserTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] s_names = ["eventId", "userId", "kind", "trackId", "playlistId", "playedMs", "durationMs", "occurredAt", "context", "else"];

    private static readonly string[] s_values =
    [
        "null", "7", "-1", "1e2", "99999999999", "true", "{}", "[1]", "\"\"", "\"a\"", "\"\\u0061\"", "\"\u00fc\"", "\"\u007f\"", "\"listen\"", "\"like\"",
        "\"follow\"", "\"2026-01-31T11:00:00Z\"", "\"2026-01-31T11:00:00.123Z\"", "\"2026-01-31T13:00:00+02:00\"", "\"2026-01-31\"", "\"2027-01-31T11:00:00Z\"",
        "\"1989-01-31T11:00:00Z\"",
    ];

    [Fact]
    public void Ordinary_IsReadQuickly()
    {
        var json = """{"eventId":"e","userId":"u","kind":"skip","trackId":"t","playlistId":null,"playedMs":5,"durationMs":9,"occurredAt":"2026-01-31T11:00:00Z","else":1}"""u8;
        Assert.True(TryQuickly(json, out var item, out var consumed));
        Assert.Equal(new UserEvent(new("e"), new("u"), EventKind.Skip, new("t"), null, 5, 9, s_now.AddHours(-1)), item);
        Assert.Equal(json.Length, consumed);
    }

    [Fact]
    public void Any_IsReadAsTheThoroughWayReadsIt()
    {
        const int Seed = 5;
        var random = new Random(Seed);
        var quick = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var json = Encoding.UTF8.GetBytes(Make(random));
            var error = new EventParser(s_now).Parse(json, out var expected);
            if (TryQuickly(json, out var item, out var consumed))
            {
                quick++;
                Assert.True(error is null && expected == item, $"seed {Seed}, round {round}: {Encoding.UTF8.GetString(json)}: {error}, {expected}, read quickly as {item}");
                Assert.Equal(json.Length, consumed);
            }
        }

        Assert.True(quick > 2000, $"only {quick} were read quickly");
    }

    private static bool TryQuickly(ReadOnlySpan<byte> json, out UserEvent item, out long consumed)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var isRead = new EventParser(s_now).TryParseQuickly(ref reader, out item);
        consumed = reader.BytesConsumed;
        return isRead;
    }

    /// <summary>A good event of which some fields are taken away, repeated, or have another value.</summary>
    private static string Make(Random random)
    {
        var fields = new List<string>
        {
            "\"eventId\":\"e\"", "\"userId\":\"u\"", "\"kind\":\"listen\"", "\"trackId\":\"t\"", "\"occurredAt\":\"2026-01-31T11:00:00Z\"",
        };
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            if (random.Next(3) == 0)
            {
                fields.RemoveAt(random.Next(fields.Count));
            }

            fields.Insert(random.Next(fields.Count + 1), $"\"{s_names[random.Next(s_names.Length)]}\":{s_values[random.Next(s_values.Length)]}");
        }

        return $"{{{string.Join(random.Next(2) == 0 ? "," : " , ", fields)}}}";
    }
}
