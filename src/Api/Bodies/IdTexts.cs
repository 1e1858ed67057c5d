using System.Text;

namespace Buddies.Api.Bodies;

/// <summary>One string for an id that comes again and again, found by its bytes. Safe for concurrent use without a lock.</summary>
/// <remarks>
/// A table of fixed size in which a newer id takes the place of an older one: it never grows, and whoever sends ids that
/// never come again only makes it useless. A reference is written whole, so a reader finds either string, and compares.
/// </remarks>
internal sealed class IdTexts
{
    private const int Slots = 1 << 16;

    private readonly string?[] _slots = new string?[Slots];

    /// <summary>The text of an id.</summary>
    /// <param name="ascii">ASCII, not empty.</param>
    public string Get(ReadOnlySpan<byte> ascii)
    {
        ref var slot = ref _slots[SlotOf(ascii)];
        var known = Volatile.Read(ref slot);
        if (known is not null && Ascii.Equals(ascii, known))
        {
            return known;
        }

        var text = Encoding.ASCII.GetString(ascii);
        Volatile.Write(ref slot, text);
        return text;
    }

    private static int SlotOf(ReadOnlySpan<byte> ascii)
    {
        // FNV-1a; ids are short.
        var hash = 2166136261u;
        foreach (var b in ascii)
        {
            hash = (hash ^ b) * 16777619;
        }

        return (int)((hash ^ (hash >> 16)) & (Slots - 1));
    }
}
