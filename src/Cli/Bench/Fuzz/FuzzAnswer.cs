using System.Globalization;
using System.Text;

namespace Buddies.Cli.Bench.Fuzz;

/// <summary>What came back over the wire.</summary>
/// <param name="Status">The status; 0 when the connection was closed without an answer.</param>
/// <param name="ContentType">Its media type, or nothing.</param>
/// <param name="Body">Its body, chunks joined; of an endless stream what had come with the headers.</param>
internal sealed record FuzzAnswer(int Status, string ContentType, byte[] Body)
{
    public static FuzzAnswer None { get; } = new(0, "", []);

    /// <summary>Whether all headers are there.</summary>
    public static int FindBody(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\r\n\r\n"u8) is >= 0 and var end ? end + 4 : -1;

    /// <summary>Reads an answer.</summary>
    /// <exception cref="FormatException">It is not HTTP.</exception>
    public static FuzzAnswer Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return None;
        }

        var start = FindBody(bytes);
        var lines = Encoding.Latin1.GetString(start < 0 ? bytes : bytes[..start]).Split("\r\n");
        if (start < 0 || !lines[0].StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || lines[0].Length < 12)
        {
            throw new FormatException($"the answer is not HTTP: {lines[0]}");
        }

        var body = bytes[start..].ToArray();
        return new FuzzAnswer(
            int.Parse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture),
            HeaderOf(lines, "Content-Type").Split(';')[0],
            HeaderOf(lines, "Transfer-Encoding") == "chunked" ? Join(body) : body);
    }

    private static string HeaderOf(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? "";

    private static byte[] Join(ReadOnlySpan<byte> chunked)
    {
        var body = new List<byte>(chunked.Length);
        while (chunked.IndexOf("\r\n"u8) is > 0 and var end
            && int.TryParse(Encoding.Latin1.GetString(chunked[..end]), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var length)
            && length > 0 && chunked.Length >= end + 2 + length)
        {
            body.AddRange(chunked.Slice(end + 2, length));
            chunked = chunked[Math.Min(chunked.Length, end + 4 + length)..];
        }

        return [.. body];
    }
}
