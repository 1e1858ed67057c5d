using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Buddies.Storage.Sqlite;

/// <summary>SHA-256, cut to 8 bytes, of a checkpoint's owner, offset and state.</summary>
/// <remarks>It guards against damage and mix-ups, not against an attacker, who could write the checksum too.</remarks>
internal static class CheckpointChecksum
{
    public const int Bytes = 8;

    /// <param name="userNumber">The owner's number.</param>
    /// <param name="offset">The checkpoint's offset.</param>
    /// <param name="state">Its bytes.</param>
    /// <param name="destination">[8], receives the checksum.</param>
    public static void Compute(long userNumber, long offset, ReadOnlySpan<byte> state, Span<byte> destination)
    {
        Span<byte> header = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(header, userNumber);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], offset);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(header);
        sha.AppendData(state);
        _ = sha.GetHashAndReset(hash);
        hash[..Bytes].CopyTo(destination);
    }

    public static bool Matches(long userNumber, long offset, ReadOnlySpan<byte> state, ReadOnlySpan<byte> checksum)
    {
        Span<byte> expected = stackalloc byte[Bytes];
        Compute(userNumber, offset, state, expected);
        return checksum.SequenceEqual(expected);
    }
}
