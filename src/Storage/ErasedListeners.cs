using Buddies.Engine.Identifiers;

namespace Buddies.Storage;

/// <summary>Listeners who were erased, known by what a store keeps of them: one can ask for an id, not list them.</summary>
public sealed class ErasedListeners
{
    private readonly HashSet<string> _hashes;

    internal ErasedListeners(IEnumerable<byte[]> hashes) => _hashes = [.. hashes.Select(Convert.ToHexString)];

    /// <summary>How many.</summary>
    public int Count => _hashes.Count;

    /// <summary>Those who are not among others.</summary>
    public ErasedListeners Except(ErasedListeners others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return new ErasedListeners(_hashes.Except(others._hashes, StringComparer.Ordinal).Select(Convert.FromHexString));
    }

    /// <summary>Whether a listener is among them.</summary>
    public bool Contains(UserId user) => _hashes.Contains(Convert.ToHexString(ErasedIds.Hash(user)));
}
