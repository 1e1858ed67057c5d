using System.Collections.Frozen;

namespace Buddies.Storage.Keys;

/// <summary>All keys of one moment; immutable.</summary>
/// <remarks>
/// A line is a key, a signing secret, or the id of a key or token that is good no longer. Blank lines and those that begin with
/// <c>#</c> are passed over. Several keys of one name may be good at once: that is how one is rotated.
/// </remarks>
public sealed class AccessKeys
{
    private readonly FrozenDictionary<string, AccessKey> _keys;
    private readonly FrozenSet<string> _revoked;

    private AccessKeys(IReadOnlyDictionary<string, AccessKey> keys, IReadOnlyList<SigningSecret> signing, IEnumerable<string> revoked)
    {
        _keys = keys.ToFrozenDictionary(StringComparer.Ordinal);
        _revoked = revoked.ToFrozenSet(StringComparer.Ordinal);
        Signing = signing;
    }

    /// <summary>No keys at all.</summary>
    public static AccessKeys None { get; } = Parse([]);

    /// <summary>How many keys there are.</summary>
    public int Count => _keys.Count;

    /// <summary>In the order of their lines: the last one signs, all of them verify.</summary>
    public IReadOnlyList<SigningSecret> Signing { get; }

    /// <summary>Reads lines.</summary>
    /// <param name="lines">Each with where it stands, for the message.</param>
    /// <exception cref="FormatException">A line is not acceptable; the message says where and why, and repeats nothing of it.</exception>
    public static AccessKeys Parse(IEnumerable<(string Where, string Line)> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var keys = new Dictionary<string, AccessKey>(StringComparer.Ordinal);
        var (signing, revoked) = (new List<SigningSecret>(), new List<string>());
        foreach (var (where, text) in lines)
        {
            if (string.IsNullOrWhiteSpace(text) || text.TrimStart().StartsWith('#'))
            {
                continue;
            }

            try
            {
                var line = AccessKeyLine.Read(text);
                if (line.Revoked is { } id)
                {
                    revoked.Add(id);
                }
                else if (line.Signing is not null)
                {
                    signing.Add(line.ToSigning());
                }
                else if (line.ToKey() is var key && !keys.TryAdd(key.Id, key))
                {
                    throw new FormatException("key: this id is there twice");
                }
            }
            catch (FormatException e)
            {
                throw new FormatException($"{where}: {e.Message}");
            }
        }

        return new AccessKeys(keys, signing, revoked);
    }

    /// <summary>The key of an id; null when there is none, or it was revoked.</summary>
    public AccessKey? Find(string id) => _revoked.Contains(id) ? null : _keys.GetValueOrDefault(id);

    /// <summary>Whether a key or token was revoked.</summary>
    public bool IsRevoked(string id) => _revoked.Contains(id);

    /// <summary>A key's line.</summary>
    /// <exception cref="ArgumentException">What it says contradicts its role.</exception>
    public static string LineOf(AccessKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return AccessKeyLine.FindError(key) is { } error ? throw new ArgumentException(error, nameof(key)) : AccessKeyLine.Write(key);
    }

    /// <summary>A signing secret's line.</summary>
    public static string LineOf(SigningSecret signing)
    {
        ArgumentNullException.ThrowIfNull(signing);
        return AccessKeyLine.Write(signing);
    }

    /// <summary>The line that revokes a key or a token.</summary>
    public static string LineOfRevoked(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return AccessKeyLine.WriteRevoked(id);
    }
}
