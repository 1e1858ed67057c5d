using System.Globalization;
using System.Text;

namespace Buddies.Cli.Bench.Fuzz;

/// <summary>Hostile requests to every endpoint. The same seed and number make the same request, whatever came before.</summary>
/// <param name="host">The value of a good <c>Host</c> header.</param>
/// <param name="seed">Chooses.</param>
internal sealed class FuzzRequests(string host, int seed)
{
    private static readonly (string Method, string Path)[] s_reads =
    [
        ("GET", "/v1/users/{id}/home"), ("GET", "/v1/users/{id}/home"), ("GET", "/v1/users/{id}/home/live"), ("GET", "/v1/users/{id}/buddies"),
        ("GET", "/v1/users/{id}/taste"), ("GET", "/v1/playlists/{id}"), ("GET", "/v1/users"), ("DELETE", "/v1/users/{id}"), ("GET", "/v1/status"),
        ("GET", "/health/live"), ("GET", "/health/ready"), ("GET", "/metrics"), ("GET", "/openapi/v1.json"), ("GET", "/"), ("GET", "/nowhere/{id}"),
        ("GET", "/v1/users/{id}/home/why"), ("GET", "/v1/users/{id}/hood"), ("GET", "/v1/users/{id}/settings"), ("GET", "/v1/users/{id}/privacy"),
        ("GET", "/v1/users/{id}/export"), ("GET", "/v1/users/{id}/erasure"), ("GET", "/v1/insights"), ("GET", "/v1/experiments"),
        ("GET", "/v1/snapshots"), ("GET", "/v1/doorman"), ("GET", "/v1/anomalies"), ("DELETE", "/v1/anomalies/{id}"), ("DELETE", "/v1/tokens/{tokenId}"),
        ("GET", "/v1/session"), ("DELETE", "/v1/session"),
    ];

    private static readonly (string Method, string Path)[] s_objects =
    [
        ("PUT", "/v1/users/{id}/settings"), ("PUT", "/v1/users/{id}/privacy"), ("POST", "/v1/tokens"), ("POST", "/v1/session"),
        ("POST", "/v1/snapshots/{version}/validate"), ("POST", "/v1/snapshots/{version}/canary"), ("POST", "/v1/snapshots/{version}/promote"),
        ("POST", "/v1/snapshots/{version}/reject"), ("POST", "/v1/doorman/rollback"),
    ];

    private static readonly string[] s_bodies =
    [
        "{}", "null", "[]", "0", "\"x\"", "{", "", """{"discovery":0.5}""", """{"discovery":1e400}""", """{"discovery":null}""", """{"invisible":true}""",
        """{"invisible":"yes","blocked":[1,null,{}]}""", """{"blocked":["u1","u1",""]}""", """{"percent":5,"why":"fuzz"}""", """{"percent":-1}""",
        """{"percent":101.5,"why":7}""", """{"percent":99999999999999999999999999}""", """{"userId":"u1","seconds":60}""", """{"userId":"","seconds":-1}""",
        """{"version":99999999999}""", """{"why":"\ud800"}""", """{"why":"a","why":"b"}""",
    ];

    private static readonly string[] s_batches = ["/v1/events", "/v1/events", "/v1/tracks", "/v1/playlists"];

    private static readonly string[] s_parameters =
        ["shelves", "cards", "exclude", "k", "query", "limit", "viewer", "lastEventId", "wait", "discovery", "impressionId", "hours", "playlists", "journal", "nothing"];

    private static readonly string[] s_values =
    [
        "", "0", "1", "20", "-1", "99999999999999999999", "NaN", "1e9", "%00", "%ff%fe", "%", "%zz", "a,b,,c", "applied", "durable", "\u00e4", "+", "&&", "=", "../..",
    ];

    private static readonly string[] s_ids =
    [
        "u0001", "fuzz-u1", "a%2Fb", "a%252Fb", "%00", "%0d%0aX: y", "%ff", "%c0%af", "%", "%zz", "..%2f..%2fetc", "%F0%9F%8E%A7", "'%20or%201=1", "%ED%A0%80", "a;b", "~",
    ];

    /// <summary>Makes a request.</summary>
    /// <param name="number">Which, from 0.</param>
    public FuzzRequest Make(int number)
    {
        // Neighbouring seeds of Random begin alike; multiplied by a large prime they do not.
        var random = new Random(unchecked((seed * 486_187_739) + (number * 16_777_619)));
        return random.Next(10) switch
        {
            < 4 => Batch(random),
            4 => random.Next(2) == 0 ? UnknownBody(random) : OneObject(random),
            5 => BrokenFraming(random),
            6 => Garbage(random),
            _ => Read(random),
        };
    }

    private FuzzRequest Batch(Random random)
    {
        var path = s_batches[random.Next(s_batches.Length)];
        var isLines = random.Next(2) == 0;
        var batch = new FuzzBodies(random).Known(path, isLines);
        var encoding = random.Next(4) switch { 0 => "gzip", 1 => "br", _ => "" };
        var body = encoding.Length > 0 ? FuzzBodies.Compress(batch.Body, encoding) : batch.Body;
        var head = new StringBuilder($"{MethodOf(path)} {path}{(path == "/v1/events" && random.Next(8) == 0 ? "?wait=applied" : "")} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Type: {(isLines ? "application/x-ndjson" : "application/json")}{(random.Next(3) == 0 ? "; charset=utf-8" : "")}\r\n");
        if (encoding.Length > 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Encoding: {encoding}\r\n");
        }

        if (random.Next(5) == 0)
        {
            // Of a million keys few come twice: then the answer is the other body's refusal, 422.
            head.Append(CultureInfo.InvariantCulture, $"Idempotency-Key: key-{random.Next(1_000_000)}\r\nBuddies-Producer: fuzz-{random.Next(5)}\r\n");
        }

        return random.Next(4) == 0
            ? new("a batch in chunks", Chunked(random, head, body), false, true, Batch: batch)
            : new("a batch", Whole(random, head, body), false, true, Batch: batch);
    }

    private FuzzRequest UnknownBody(Random random)
    {
        var path = s_batches[random.Next(s_batches.Length)];
        var body = new FuzzBodies(random).Unknown(path);
        var (type, encoding) = (random.Next(6) switch
        {
            0 => "text/plain", 1 => "application/json; charset=utf-16", 2 => ";;;", 3 => "", 4 => "application/x-ndjson", _ => "application/json",
        }, random.Next(8) switch { 0 => "gzip", 1 => "br", 2 => "deflate", 3 => "gzip, gzip", 4 => "zstd", _ => "" });
        if (random.Next(60) == 0)
        {
            (type, encoding) = ("application/json", random.Next(2) == 0 ? "gzip" : "br");
            body = FuzzBodies.Bomb(encoding);
        }

        var head = new StringBuilder($"{MethodOf(path)} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        head.Append(type.Length > 0 ? $"Content-Type: {type}\r\n" : "").Append(encoding.Length > 0 ? $"Content-Encoding: {encoding}\r\n" : "");
        return new($"a body of no meaning ({type} {encoding})", Whole(random, head, body), false, true);
    }

    /// <summary>A body of one object, or of what is none, where one is expected.</summary>
    private FuzzRequest OneObject(Random random)
    {
        var (method, template) = s_objects[random.Next(s_objects.Length)];
        var id = template.Contains("{version}", StringComparison.Ordinal) && random.Next(3) > 0
            ? random.Next(-1, 4).ToString(CultureInfo.InvariantCulture)
            : s_ids[random.Next(s_ids.Length)];
        var body = random.Next(4) == 0 ? new FuzzBodies(random).Unknown("/v1/events") : Encoding.UTF8.GetBytes(s_bodies[random.Next(s_bodies.Length)]);
        var head = new StringBuilder($"{method} {Fill(template, id).Replace(' ', '+')} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        head.Append(random.Next(5) == 0 ? "" : "Content-Type: application/json\r\n");
        return new($"{method} {template}", Whole(random, head, body), false, true, MayBeBare: id.Contains("%00", StringComparison.Ordinal));
    }

    private FuzzRequest BrokenFraming(Random random)
    {
        var path = s_batches[random.Next(s_batches.Length)];
        var body = new FuzzBodies(random).Known(path, isLines: true).Body;
        var head = $"{MethodOf(path)} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\n";
        return random.Next(8) switch
        {
            0 => new("half a body", Pieces(random, Join($"{head}Content-Length: {body.Length + random.Next(1, 5000)}\r\n\r\n", body)), true, false),
            1 => new("a length too short", [Join($"{head}Content-Length: {random.Next(body.Length)}\r\n\r\n", body)], false, true),
            2 => new("two lengths", [Join($"{head}Content-Length: {body.Length}\r\nContent-Length: {body.Length + 1}\r\n\r\n", body)], true, false),
            3 => new("a length and chunks", [Join($"{head}Content-Length: {body.Length}\r\nTransfer-Encoding: chunked\r\n\r\n", body)], true, false),
            4 => new("a length that is none", [Join($"{head}Content-Length: {(random.Next(2) == 0 ? "-1" : "99999999999999999999")}\r\n\r\n", body)], true, false),
            5 => new("broken chunks", [Join($"{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n", body)], true, false),
            6 => new("half a chunk", [Join($"{head}Transfer-Encoding: chunked\r\n\r\nfff\r\n", body)], true, false),
            _ => new("a body without a length", [Join($"{head}\r\n", body)], false, true),
        };
    }

    private FuzzRequest Garbage(Random random)
    {
        var bytes = new byte[random.Next(1, 400)];
        random.NextBytes(bytes);
        var good = $"GET /health/live HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n";
        return random.Next(9) switch
        {
            0 => new("noise", [bytes], true, false),
            1 => new("another version of HTTP", [Latin(good.Replace("HTTP/1.1", $"HTTP/{random.Next(10)}.{random.Next(10)}", StringComparison.Ordinal) + "\r\n")], true, false, 505),
            2 => new("another host", [Latin(good.Replace(host, "example.org", StringComparison.Ordinal) + "\r\n")], false, true),
            3 => new("a foreign origin", [Latin($"POST /v1/events HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nOrigin: http://example.org\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n[]")], false, true),
            4 => new("very long headers", [Latin(good + "X-A: " + new string('a', random.Next(20_000, 200_000)) + "\r\n\r\n")], false, false),
            5 => new("very many headers", [Latin(good + string.Concat(Enumerable.Range(0, random.Next(90, 400)).Select(i => $"X-{i}: {i}\r\n")) + "\r\n")], false, false),
            6 => new("a header of noise", [[.. Latin(good + "X-Noise: "), .. bytes, .. "\r\n\r\n"u8]], true, false),
            7 => new("no end of headers", [Latin(good)], true, false),
            _ => new("a very long path", [Latin($"GET /{new string('p', random.Next(5_000, 40_000))} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")], false, false),
        };
    }

    private FuzzRequest Read(Random random)
    {
        var (method, template) = s_reads[random.Next(s_reads.Length)];
        if (random.Next(8) == 0)
        {
            method = random.Next(6) switch { 0 => "OPTIONS", 1 => "PATCH", 2 => "TRACE", 3 => "HEAD", 4 => "POST", _ => "FUZZ" };
        }

        var id = random.Next(12) == 0 ? new string('i', random.Next(129, 3000)) : s_ids[random.Next(s_ids.Length)];
        var target = new StringBuilder(Fill(template, id));
        for (var n = random.Next(4); n > 0; n--)
        {
            target.Append(target.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?')
                .Append(s_parameters[random.Next(s_parameters.Length)]).Append('=').Append(s_values[random.Next(s_values.Length)]);
        }

        var head = new StringBuilder($"{method} {target.Replace("\u00e4", "%C3%A4").Replace(' ', '+')} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        if (random.Next(6) == 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"Last-Event-ID: {s_values[random.Next(15)]}\r\nAccept: {(random.Next(2) == 0 ? "*/*" : "image/png")}\r\nRange: bytes=5-2\r\nIf-None-Match: \"x\"\r\n");
        }

        var hasBody = method is "POST" or "PATCH" or "FUZZ";
        var bytes = Latin($"{head}{(hasBody ? "Content-Length: 0\r\n" : "")}\r\n");
        return new(
            $"{method} {template}", Pieces(random, bytes), false, true, MayBeBare: id.Contains("%00", StringComparison.Ordinal) && template.Contains('{', StringComparison.Ordinal));
    }

    /// <summary>What a documented operation must be among.</summary>
    public static IReadOnlySet<string> Operations { get; } = s_reads.Concat(s_objects).Concat(s_batches.Select(path => (Method: MethodOf(path), Path: path)))
        .Select(operation => $"{operation.Method} {operation.Path}").ToHashSet(StringComparer.Ordinal);

    private static string Fill(string template, string id) =>
        template.Replace("{id}", id, StringComparison.Ordinal).Replace("{version}", id, StringComparison.Ordinal).Replace("{tokenId}", id, StringComparison.Ordinal);

    private static List<byte[]> Whole(Random random, StringBuilder head, byte[] body) =>
        Pieces(random, Join($"{head}Content-Length: {body.Length}\r\n\r\n", body));

    private static List<byte[]> Chunked(Random random, StringBuilder head, byte[] body)
    {
        var pieces = new List<byte[]> { Latin($"{head}Transfer-Encoding: chunked\r\n\r\n") };
        for (var at = 0; at < body.Length;)
        {
            var length = Math.Min(body.Length - at, random.Next(1, 2000));
            pieces.Add([.. Latin(string.Create(CultureInfo.InvariantCulture, $"{length:x}\r\n")), .. body.AsSpan(at, length), .. "\r\n"u8]);
            at += length;
        }

        pieces.Add("0\r\n\r\n"u8.ToArray());
        return pieces;
    }

    /// <summary>Now and then in many pieces, as over a slow line.</summary>
    private static List<byte[]> Pieces(Random random, byte[] bytes)
    {
        if (random.Next(5) > 0)
        {
            return [bytes];
        }

        var pieces = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, Math.Max(1, random.Next(bytes.Length / 4 + 2)));
            pieces.Add(bytes.AsSpan(at, length).ToArray());
            at += length;
        }

        return pieces;
    }

    private static string MethodOf(string path) => path == "/v1/events" ? "POST" : "PUT";

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Join(string head, byte[] body) => [.. Latin(head), .. body];
}
