using System.Text;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Import;

/// <summary>One id for one artist, whatever dataset wrote the name: the bridge between datasets that share no identifiers.</summary>
public static class ArtistKey
{
    /// <summary>What every artist's id begins with.</summary>
    public const string Prefix = "artist:";

    private const int MaxKeyLength = 128 - 7;
    private const int HashLength = 32;

    /// <summary>Makes the key of a name.</summary>
    /// <param name="name">An artist's name with at least one character that is not white space, well-formed UTF-16.</param>
    /// <returns>
    /// <see cref="Prefix"/> and the letters and digits of the name's NFKD form, in lower case, without combining marks
    /// and without a leading "the" (unless nothing else remains), "&amp;" read as "and". A name without letters or digits keeps
    /// its lower-case self. A key too long for an id ends in a hash.
    /// </returns>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public static TrackId From(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);

        var lower = Nfkd.Decompose(name).ToLowerInvariant().Trim();
        var key = "";
        if (lower.StartsWith("the ", StringComparison.Ordinal))
        {
            key = LettersAndDigits(lower.AsSpan(4));
        }

        if (key.Length == 0)
        {
            key = LettersAndDigits(lower);
        }

        if (key.Length == 0)
        {
            key = name.Trim().ToLowerInvariant();
            key = key.Any(char.IsControl) ? StableHash.Hex(key, HashLength) : key;
        }

        if (key.Length > MaxKeyLength)
        {
            var cut = MaxKeyLength - HashLength;
            cut -= char.IsHighSurrogate(key[cut - 1]) ? 1 : 0;
            key = key[..cut] + StableHash.Hex(key, HashLength);
        }

        return new TrackId(Prefix + key);
    }

    /// <summary>Whether an id was made here.</summary>
    /// <param name="id">Any track's id.</param>
    /// <returns>True when it begins with <see cref="Prefix"/>.</returns>
    public static bool IsArtist(TrackId id) => id.Value.StartsWith(Prefix, StringComparison.Ordinal);

    private static string LettersAndDigits(ReadOnlySpan<char> text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == '&')
            {
                kept.Append("and");
            }
            else if (Rune.IsLetterOrDigit(rune))
            {
                kept.Append(rune.ToString());
            }
        }

        return kept.ToString();
    }
}
