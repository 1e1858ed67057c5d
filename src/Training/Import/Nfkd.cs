using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Buddies.Training.Import;

/// <summary>Unicode's compatibility decomposition (NFKD), without the canonical order of marks: who uses it here drops the marks.</summary>
/// <remarks>
/// Under InvariantGlobalization <see cref="string.Normalize()"/> returns text beyond ASCII as it came, and a key must
/// not depend on whether a machine has ICU, or which: so the table is our own.
/// </remarks>
internal static class Nfkd
{
    private const int FirstSyllable = 0xAC00;
    private const int LastSyllable = 0xD7A3;
    private const int Vowels = 21;
    private const int Finals = 28;

    private static readonly Lazy<FrozenDictionary<int, string>> s_table = new(Load);

    /// <summary>Decomposes every character.</summary>
    public static string Decompose(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var decomposed = new StringBuilder(text.Length * 2);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= FirstSyllable and <= LastSyllable)
            {
                AppendJamo(decomposed, rune.Value - FirstSyllable);
            }
            else if (s_table.Value.TryGetValue(rune.Value, out var replacement))
            {
                decomposed.Append(replacement);
            }
            else
            {
                decomposed.Append(rune.ToString());
            }
        }

        return decomposed.ToString();
    }

    /// <summary>The Unicode Standard, 3.12: a Hangul syllable is arithmetic of its letters.</summary>
    private static void AppendJamo(StringBuilder decomposed, int syllable)
    {
        decomposed.Append((char)(0x1100 + (syllable / (Vowels * Finals))));
        decomposed.Append((char)(0x1161 + (syllable % (Vowels * Finals) / Finals)));
        if (syllable % Finals > 0)
        {
            decomposed.Append((char)(0x11A7 + (syllable % Finals)));
        }
    }

    private static FrozenDictionary<int, string> Load()
    {
        using var stream = typeof(Nfkd).Assembly.GetManifestResourceStream("Nfkd.txt")
            ?? throw new InvalidOperationException("The assembly lacks its resource Nfkd.txt.");
        using var reader = new StreamReader(stream);
        var table = new Dictionary<int, string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var codes = Array.ConvertAll(line.Split(' '), code => int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            table[codes[0]] = string.Concat(codes.Skip(1).Select(char.ConvertFromUtf32));
        }

        return table.ToFrozenDictionary();
    }
}
