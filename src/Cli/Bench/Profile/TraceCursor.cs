using System.Buffers.Binary;
using System.Text;

namespace Buddies.Cli.Bench.Profile;

/// <summary>Reads the bytes of a trace, one thing after the other.</summary>
internal sealed class TraceCursor(byte[] bytes)
{
    /// <summary>The next byte to read.</summary>
    public int At { get; set; }

    public byte Byte() => bytes[At++];

    public ReadOnlySpan<byte> Take(int count) => bytes.AsSpan((At += count) - count, count);

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    public ulong VarUInt()
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }

            shift += 7;
        }
    }

    /// <summary>UTF-16 up to a zero.</summary>
    public string Text()
    {
        var start = At;
        while (Byte() != 0 | Byte() != 0)
        {
        }

        return Encoding.Unicode.GetString(bytes, start, At - start - 2);
    }

    /// <summary>Goes on to a multiple from the start of the file.</summary>
    public void Align(int multiple) => At = (At + multiple - 1) / multiple * multiple;
}
