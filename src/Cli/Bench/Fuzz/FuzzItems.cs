using System.Globalization;
using System.Text;

namespace Buddies.Cli.Bench.Fuzz;

/// <summary>Items of a batch, good ones and bad ones, as JSON text in Latin-1 characters: each stands for one byte, so that broken UTF-8 can be said too.</summary>
/// <param name="random">Chooses.</param>
internal sealed class FuzzItems(Random random)
{
    private static readonly string[] s_kinds = ["listen", "skip", "like", "unlike", "hide", "unhide", "save"];

    /// <summary>Values that no field takes.</summary>
    private static readonly string[] s_badValues =
    [
        "{}", "[]", "[[[[]]]]", "true", "-1e400", "1e999", "99999999999999999999999999", "-0.5", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\"\xff\xfe\"",
        "\"\xc3\x28\"", "\"\xed\xa0\x80\"", "{\"a\":{\"b\":[1,2,{\"c\":null}]}}",
    ];

    /// <summary>An event that must be taken.</summary>
    public string GoodEvent() => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"eventId\":\"fuzz-{random.NextInt64():x}\",\"userId\":\"{User()}\",\"kind\":\"{s_kinds[random.Next(s_kinds.Length)]}\",\"trackId\":\"t{random.Next(300)}\"{Extra()},\"occurredAt\":\"20{random.Next(10, 26)}-0{random.Next(1, 10)}-1{random.Next(10)}T0{random.Next(10)}:00:00{(random.Next(2) == 0 ? "Z" : "+02:00")}\"}}");

    /// <summary>An event that must be refused.</summary>
    public string BadEvent()
    {
        var bad = s_badValues[random.Next(s_badValues.Length)];
        const string Time = "\"occurredAt\":\"2024-01-01T00:00:00Z\"";
        return random.Next(12) switch
        {
            0 => $"{{\"eventId\":{bad},\"userId\":\"u\",\"kind\":\"like\",\"trackId\":\"t\",{Time}}}",
            1 => $"{{\"eventId\":\"e\",\"userId\":{bad},\"kind\":\"like\",\"trackId\":\"t\",{Time}}}",
            2 => $"{{\"eventId\":\"e\",\"userId\":\"u\",\"kind\":{bad},\"trackId\":\"t\",{Time}}}",
            3 => $"{{\"eventId\":\"e\",\"userId\":\"u\",\"kind\":\"like\",\"trackId\":{bad},{Time}}}",
            4 => $"{{\"eventId\":\"e\",\"userId\":\"u\",\"kind\":\"like\",\"trackId\":\"t\",\"occurredAt\":{bad}}}",
            5 => $"{{\"eventId\":\"e\",\"userId\":\"u\",\"kind\":\"listen\",\"trackId\":\"t\",\"playedMs\":{bad},{Time}}}",
            6 => $"{{\"eventId\":\"{new string('x', random.Next(129, 4000))}\",\"userId\":\"u\",\"kind\":\"like\",\"trackId\":\"t\",{Time}}}",
            7 => $"{{\"eventId\":\"e\",\"userId\":\"u\",\"kind\":\"like\",\"trackId\":\"t\",\"context\":{Nested(random.Next(33, 400))},{Time}}}",
            8 => $"{{\"eventId\":\"e\",\"userId\":\"u\",\"kind\":\"like\",\"trackId\":\"t\",\"context\":\"{new string('c', random.Next(1100, 40_000))}\",{Time}}}",
            9 => "{\"eventId\":\"e\",\"userId\":\"u\",\"kind\":\"like\",\"trackId\":\"t\",\"occurredAt\":\"2999-01-01T00:00:00Z\"}",
            10 => $"{{\"eventId\":\"e\",\"userId\":\"u\",\"kind\":\"follow\",\"trackId\":\"t\",{Time}}}",
            _ => "{}",
        };
    }

    /// <summary>A track that must be taken.</summary>
    public string GoodTrack() => $"{{\"id\":\"fuzz-t{random.Next(500)}\",\"title\":\"Song {random.Next(99)}\",\"artist\":\"Band\",\"tags\":[\"rock\"]}}";

    /// <summary>A track that must be refused.</summary>
    public string BadTrack() => random.Next(4) switch
    {
        0 => $"{{\"id\":{s_badValues[random.Next(s_badValues.Length)]},\"title\":\"x\"}}",
        1 => $"{{\"id\":\"t\",\"title\":\"{new string('y', random.Next(257, 3000))}\"}}",
        2 => "{\"id\":\"t\",\"title\":\"x\",\"tags\":[1]}",
        _ => "{\"title\":\"x\"}",
    };

    /// <summary>A playlist that must be taken.</summary>
    public string GoodPlaylist() => $"{{\"id\":\"fuzz-p{random.Next(200)}\",\"title\":\"Mix\",\"ownerId\":\"{User()}\",\"public\":{(random.Next(2) == 0 ? "true" : "false")},\"trackIds\":[\"t{random.Next(300)}\",\"t{random.Next(300)}\"]}}";

    /// <summary>A playlist that must be refused.</summary>
    public string BadPlaylist() => random.Next(4) switch
    {
        0 => $"{{\"id\":{s_badValues[random.Next(s_badValues.Length)]},\"title\":\"x\",\"ownerId\":\"u\",\"public\":true,\"trackIds\":[\"t\"]}}",
        1 => "{\"id\":\"p\",\"title\":\"x\",\"ownerId\":\"u\",\"public\":\"yes\",\"trackIds\":[\"t\"]}",
        2 => "{\"id\":\"p\",\"title\":\"x\",\"ownerId\":\"u\",\"public\":true,\"trackIds\":[]}",
        _ => "{\"id\":\"p\",\"title\":\"x\",\"ownerId\":\"u\",\"public\":true,\"trackIds\":[\"t\"],\"followers\":-5}",
    };

    /// <summary>Something that is JSON and no object.</summary>
    public string NoObject() => random.Next(4) switch { 0 => "7", 1 => "null", 2 => "\"text\"", _ => "[[]]" };

    public static string Nested(int depth) => new StringBuilder().Append('[', depth).Append(']', depth).ToString();

    private string User() => $"fuzz-u{random.Next(200)}";

    private string Extra() => random.Next(5) switch
    {
        0 => ",\"playedMs\":1000,\"durationMs\":200000",
        1 => ",\"context\":{\"a\":[1,2]}",
        2 => ",\"unknown\":{\"x\":[true]}",
        3 => ",\"playlistId\":null,\"kind\":\"like\"",
        _ => "",
    };
}
