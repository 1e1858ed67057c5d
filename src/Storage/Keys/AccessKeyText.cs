using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Buddies.Storage.Keys;

/// <summary>The text of a key, <c>bk1.ID.SECRET</c>: 16 hexadecimal digits that are no secret, 256 random bits that are.</summary>
public static class AccessKeyText
{
    /// <summary>How every key begins, so that a scanner of sources finds one that got lost.</summary>
    public const string Prefix = "bk1.";

    private const int IdLength = 16;
    private const int SecretBytes = 32;
    private const int MaxLength = 128;

    /// <summary>Makes a key.</summary>
    /// <returns>The text to hand out once, its id, and the hash to keep.</returns>
    public static (string Text, string Id, byte[] Sha256) Create()
    {
        var id = NewId();
        var text = $"{Prefix}{id}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";
        return (text, id, Hash(text));
    }

    /// <summary>A new id of a key, a signing secret or a token.</summary>
    public static string NewId() => RandomNumberGenerator.GetHexString(IdLength, lowercase: true);

    /// <summary>Reads what somebody holds up as a key.</summary>
    /// <returns>False when it does not look like one.</returns>
    public static bool TryRead(string text, out string id, out byte[] sha256)
    {
        ArgumentNullException.ThrowIfNull(text);
        (id, sha256) = ("", []);
        if (text.Length > MaxLength || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text.IndexOf('.', Prefix.Length) != Prefix.Length + IdLength)
        {
            return false;
        }

        (id, sha256) = (text.Substring(Prefix.Length, IdLength), Hash(text));
        return true;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
