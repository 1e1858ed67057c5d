using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Bandits;

/// <summary>
/// The cards of a page that waits for its rewards, without loss in about a quarter of the memory: a card is made anew each time it is
/// asked for. Never changes.
/// </summary>
/// <remarks>
/// Candidates of neighbouring places are mostly the same, so each row of features stands here once; of a row only the numbers other
/// than 0 and 1.
/// </remarks>
public sealed class PackedImpressions : IReadOnlyList<Impression>
{
    /// <summary>The bits of 1.</summary>
    private const uint One = 0x3F80_0000;

    private readonly Heading[] _headings;
    private readonly PlaylistId[] _playlists;
    private readonly int[] _rowStarts;
    private readonly int[] _cardStarts;
    private readonly byte[] _bytes;

    private PackedImpressions(IReadOnlyList<Impression> cards)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        var rows = new Dictionary<float[], int>(ReferenceEqualityComparer.Instance);
        var rowStarts = new List<int>();
        foreach (var features in cards.SelectMany(card => card.Choices))
        {
            if (rows.TryAdd(features, rows.Count))
            {
                rowStarts.Add(bytes.WrittenCount);
                WriteRow(bytes, features);
            }
        }

        var headings = new List<Heading>();
        (_playlists, _cardStarts) = (new PlaylistId[cards.Count], new int[cards.Count]);
        for (var i = 0; i < cards.Count; i++)
        {
            var card = cards[i];
            var heading = new Heading(card.Shelf, card.ShelfPosition, card.ShelfPropensity);
            if (headings.Count == 0 || headings[^1] != heading)
            {
                headings.Add(heading);
            }

            (_playlists[i], _cardStarts[i]) = (card.Playlist, bytes.WrittenCount);
            WriteNumber(bytes, headings.Count - 1);
            WriteNumber(bytes, card.Position);
            WriteLong(bytes, BitConverter.DoubleToUInt64Bits(card.Propensity));
            WriteLong(bytes, card.CandidateSet);
            WriteNumber(bytes, card.Chosen);
            WriteNumber(bytes, card.Choices.Count);
            foreach (var features in card.Choices)
            {
                WriteNumber(bytes, rows[features]);
            }
        }

        (_headings, _rowStarts, _bytes) = ([.. headings], [.. rowStarts], bytes.WrittenSpan.ToArray());
    }

    /// <inheritdoc/>
    public int Count => _playlists.Length;

    /// <summary>Bytes of all arrays; names of shelves and playlists are the catalogue's, and do not count.</summary>
    public long Bytes =>
        _bytes.Length + ((long)(_rowStarts.Length + _cardStarts.Length) * sizeof(int)) + ((long)_playlists.Length * IntPtr.Size)
        + ((long)_headings.Length * (IntPtr.Size + sizeof(long) + sizeof(double)));

    /// <summary>A card, made anew.</summary>
    /// <param name="index">Its place among the page's cards, from 0.</param>
    public Impression this[int index]
    {
        get
        {
            ReadOnlySpan<byte> rest = _bytes.AsSpan(_cardStarts[index]);
            var heading = _headings[ReadNumber(ref rest)];
            var position = ReadNumber(ref rest);
            var propensity = BitConverter.UInt64BitsToDouble(ReadLong(ref rest));
            var set = ReadLong(ref rest);
            var chosen = ReadNumber(ref rest);
            var choices = new float[ReadNumber(ref rest)][];
            for (var i = 0; i < choices.Length; i++)
            {
                choices[i] = ReadRow(_bytes.AsSpan(_rowStarts[ReadNumber(ref rest)]));
            }

            return new Impression(heading.Shelf, heading.Position, heading.Propensity, position, propensity, set, _playlists[index], chosen, choices);
        }
    }

    /// <summary>Packs cards.</summary>
    /// <param name="cards">All cards of a page.</param>
    /// <returns><paramref name="cards"/> themselves where they are packed already.</returns>
    public static PackedImpressions Of(IReadOnlyList<Impression> cards)
    {
        ArgumentNullException.ThrowIfNull(cards);
        return cards as PackedImpressions ?? new PackedImpressions(cards);
    }

    /// <summary>The playlist of a card, without making the card.</summary>
    /// <param name="index">Its place among the page's cards, from 0.</param>
    public PlaylistId PlaylistAt(int index) => _playlists[index];

    /// <inheritdoc/>
    public IEnumerator<Impression> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Length, a bit for each number that is 0, a bit for each that is 1, then the others.</summary>
    private static void WriteRow(ArrayBufferWriter<byte> bytes, float[] features)
    {
        WriteNumber(bytes, features.Length);
        var marks = MarkBytes(features.Length);
        var room = bytes.GetSpan((2 * marks) + (4 * features.Length));
        room[..(2 * marks)].Clear();
        var at = 2 * marks;
        for (var i = 0; i < features.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(features[i]);
            if (bits is 0 or One)
            {
                room[(bits == 0 ? 0 : marks) + (i / 8)] |= (byte)(1 << (i % 8));
                continue;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(room[at..], bits);
            at += 4;
        }

        bytes.Advance(at);
    }

    private static float[] ReadRow(ReadOnlySpan<byte> row)
    {
        var features = new float[ReadNumber(ref row)];
        var marks = MarkBytes(features.Length);
        var others = row[(2 * marks)..];
        for (var i = 0; i < features.Length; i++)
        {
            var mark = 1 << (i % 8);
            if ((row[marks + (i / 8)] & mark) != 0)
            {
                features[i] = 1;
            }
            else if ((row[i / 8] & mark) == 0)
            {
                features[i] = BinaryPrimitives.ReadSingleLittleEndian(others);
                others = others[4..];
            }
        }

        return features;
    }

    private static int MarkBytes(int length) => (length + 7) / 8;

    private static void WriteLong(ArrayBufferWriter<byte> bytes, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.GetSpan(8), value);
        bytes.Advance(8);
    }

    private static ulong ReadLong(ref ReadOnlySpan<byte> rest)
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(rest);
        rest = rest[8..];
        return value;
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that there are more.</summary>
    private static void WriteNumber(ArrayBufferWriter<byte> bytes, int value)
    {
        var room = bytes.GetSpan(5);
        var (rest, count) = ((uint)value, 0);
        for (; rest >= 0x80; rest >>= 7)
        {
            room[count++] = (byte)(rest | 0x80);
        }

        room[count++] = (byte)rest;
        bytes.Advance(count);
    }

    private static int ReadNumber(ref ReadOnlySpan<byte> rest)
    {
        var (value, at) = (0u, 0);
        for (; rest[at] >= 0x80; at++)
        {
            value |= (uint)(rest[at] & 0x7F) << (7 * at);
        }

        value |= (uint)rest[at] << (7 * at);
        rest = rest[(at + 1)..];
        return (int)value;
    }

    private readonly record struct Heading(string Shelf, int Position, double Propensity);
}
