namespace Buddies.Engine.Bandits;

/// <summary>Hashes of ids that are the same in every process, so that who is in which bucket survives restarts.</summary>
/// <remarks>FNV-1a over UTF-16 units, its bits spread once more. Not for secrets.</remarks>
public static class StableHash
{
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>Hashes a text under a salt.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="salt">Different salts give unrelated hashes.</param>
    /// <returns>64 bits.</returns>
    public static ulong Of(ReadOnlySpan<char> text, ulong salt = 0)
    {
        var hash = Basis ^ Draws.Mix(salt);
        foreach (var unit in text)
        {
            hash = (hash ^ (unit & 0xFFu)) * Prime;
            hash = (hash ^ (uint)(unit >> 8)) * Prime;
        }

        return Draws.Mix(hash);
    }

    /// <summary>Where a text falls on the line from 0 to 1.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="salt">Different salts give unrelated places.</param>
    /// <returns>0 (included) to 1 (excluded).</returns>
    public static double ShareOf(ReadOnlySpan<char> text, ulong salt) => (Of(text, salt) >> 11) * (1.0 / (1UL << 53));
}
