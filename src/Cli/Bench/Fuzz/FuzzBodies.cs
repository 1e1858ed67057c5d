using System.IO.Compression;
using System.Text;

namespace Buddies.Cli.Bench.Fuzz;

/// <summary>Bodies of batches: of known items, damaged, and of no meaning at all.</summary>
/// <param name="random">Chooses.</param>
internal sealed class FuzzBodies(Random random)
{
    private readonly FuzzItems _items = new(random);

    /// <summary>A body whose items are known.</summary>
    /// <param name="path">The endpoint.</param>
    /// <param name="isLines">One object a line, or an array.</param>
    public FuzzBatch Known(string path, bool isLines)
    {
        var (items, bad) = (new List<string>(), new List<int>());
        for (var count = random.Next(1, 12); items.Count < count;)
        {
            switch (random.Next(6))
            {
                case 0:
                    bad.Add(items.Count);
                    items.Add(_items.NoObject());
                    break;
                case 1 or 2:
                    bad.Add(items.Count);
                    items.Add(path switch { "/v1/tracks" => _items.BadTrack(), "/v1/playlists" => _items.BadPlaylist(), _ => _items.BadEvent() });
                    break;
                case 3 when isLines:
                    bad.Add(items.Count);
                    items.Add("{\"eventId\":\"e\",");
                    break;
                default:
                    items.Add(path switch { "/v1/tracks" => _items.GoodTrack(), "/v1/playlists" => _items.GoodPlaylist(), _ => _items.GoodEvent() });
                    break;
            }
        }

        var text = isLines
            ? string.Join(random.Next(3) switch { 0 => "\r\n", 1 => "\n\n  \n", _ => "\n" }, items)
            : (random.Next(4) == 0 ? "\xef\xbb\xbf" : "") + " [" + string.Join(random.Next(2) == 0 ? "," : " ,\n", items) + "] ";
        return new FuzzBatch(Encoding.Latin1.GetBytes(text), items.Count, bad);
    }

    /// <summary>A body that nobody knows the meaning of.</summary>
    public byte[] Unknown(string path)
    {
        var body = Known(path, random.Next(2) == 0).Body;
        switch (random.Next(7))
        {
            case 0:
                body = new byte[random.Next(0, 3000)];
                random.NextBytes(body);
                return body;
            case 1:
                return body[..random.Next(body.Length)];
            case 2:
                return Encoding.Latin1.GetBytes(FuzzItems.Nested(random.Next(1, 3000)));
            case 3:
                return Encoding.Latin1.GetBytes(new string(random.Next(2) == 0 ? '[' : '{', random.Next(1, 5000)));
            case 4:
                return [.. Enumerable.Repeat((byte)random.Next(256), random.Next(1, 60_000))];
            case 5:
                return [.. body, .. body];
            default:
                for (var n = random.Next(1, 8); n > 0; n--)
                {
                    body[random.Next(body.Length)] = (byte)random.Next(256);
                }

                return body;
        }
    }

    /// <summary>A body in one of the encodings.</summary>
    public static byte[] Compress(byte[] body, string encoding)
    {
        using var bytes = new MemoryStream();
        using (Stream compress = encoding == "br" ? new BrotliStream(bytes, CompressionLevel.Fastest) : new GZipStream(bytes, CompressionLevel.Fastest))
        {
            compress.Write(body);
        }

        return bytes.ToArray();
    }

    /// <summary>A few bytes that become many megabytes.</summary>
    public static byte[] Bomb(string encoding) => Compress(new byte[12 << 20], encoding);
}
