using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Buddies.Storage.Checkpoints;

/// <summary>SHA-256, cut to 8 bytes, of a checkpoint's owner, offset and state.</summary>
/// <remarks>It guards against damage and mix-ups, not against an attacker, who could write the checksum too.</remarks>
internal static class CheckpointChecksum
{
    public const int Bytes = 8;

    /// <param name="owner">What names the owner in this store.</param>
    /// <param name="offset">The checkpoint's offset.</param>
    /// <param name="state">Its bytes.</param>
    /// <param name="destination">[8], receives the checksum.</param>
    public static void Compute(ReadOnlySpan<byte> owner, long offset, ReadOnlySpan<byte> state, Span<byte> destination)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, offset);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(owner);
        sha.AppendData(number);
        sha.AppendData(state);
        _ = sha.GetHashAndReset(hash);
        hash[..Bytes].CopyTo(destination);
    }

    public static bool Matches(ReadOnlySpan<byte> owner, long offset, ReadOnlySpan<byte> state, ReadOnlySpan<byte> checksum)
    {
        Span<byte> expected = stackalloc byte[Bytes];
        Compute(owner, offset, state, expected);
        return checksum.SequenceEqual(expected);
    }
}
