using System.Security.Cryptography;
using System.Text;

namespace Buddies.Training.Import;

/// <summary>Hashes that are the same on every machine and in every version, for ids.</summary>
internal static class StableHash
{
    /// <summary>The first characters of the text's SHA-256, in lower-case hexadecimal.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="length">How many characters, even, at most 64.</param>
    public static string Hex(string text, int length)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return Convert.ToHexStringLower(hash[..(length / 2)]);
    }
}
