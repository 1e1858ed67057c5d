using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Buddies.Engine.Snapshots;

namespace Buddies.Training.Checkpoints;

/// <summary>
/// One state of a training as a file: magic, version, key, epoch, objectives, factors, and the SHA-256 of all that.
/// Written beside its place, forced to the disk and renamed, so that after a kill either the former or the new one is there, whole.
/// </summary>
public static class EpochFile
{
    private const int HeaderBytes = 8 + 4 + 4 + 8 + KeyBytes;
    private const int KeyBytes = SHA256.HashSizeInBytes;
    private const int Version = 1;
    private const int ChunkBytes = 1 << 20;
    private const string NextSuffix = ".next";
    private static readonly byte[] s_magic = "BUDEPOCH"u8.ToArray();

    /// <summary>Writes a state in place of the one before.</summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="key">64 hexadecimal digits.</param>
    /// <param name="state">The state.</param>
    /// <exception cref="IOException">It could not be written; the one before stays.</exception>
    public static void Write(string path, string key, EpochState state)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(state);
        var header = new byte[HeaderBytes];
        s_magic.CopyTo(header, 0);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), state.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), state.Factors.LongLength);
        Convert.FromHexString(key).CopyTo(header, 24);
        var next = path + NextSuffix;
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None, ChunkBytes))
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            Append(stream, hash, header);
            Append(stream, hash, MemoryMarshal.AsBytes([.. state.Objectives]));
            for (var from = 0; from < state.Factors.Length; from += ChunkBytes)
            {
                Append(stream, hash, MemoryMarshal.AsBytes(state.Factors.AsSpan(from, Math.Min(ChunkBytes, state.Factors.Length - from))));
            }

            stream.Write(hash.GetHashAndReset());
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
        FolderDurability.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Reads a state.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The training that it must be of.</param>
    /// <returns>The state; null where there is no file, or it is of another training, of another version, or damaged.</returns>
    public static EpochState? TryRead(string path, string key)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, ChunkBytes);
            var header = new byte[HeaderBytes];
            stream.ReadExactly(header);
            var epoch = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
            var length = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(16));
            var isOurs = header.AsSpan(0, 8).SequenceEqual(s_magic)
                && BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8)) == Version
                && Convert.ToHexStringLower(header.AsSpan(24)) == key
                && epoch > 0 && length >= 0 && length <= Array.MaxLength
                && stream.Length == HeaderBytes + (8L * epoch) + (4 * length) + SHA256.HashSizeInBytes;
            return isOurs ? ReadBody(stream, header, epoch, (int)length) : null;
        }
        catch (IOException)
        {
            return null; // Not there, or cut: the training begins anew.
        }
    }

    private static EpochState? ReadBody(FileStream stream, byte[] header, int epoch, int length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        var objectives = new double[epoch];
        var factors = new float[length];
        stream.ReadExactly(MemoryMarshal.AsBytes(objectives.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(objectives.AsSpan()));
        for (var from = 0; from < length; from += ChunkBytes)
        {
            var bytes = MemoryMarshal.AsBytes(factors.AsSpan(from, Math.Min(ChunkBytes, length - from)));
            stream.ReadExactly(bytes);
            hash.AppendData(bytes);
        }

        var listed = new byte[SHA256.HashSizeInBytes];
        stream.ReadExactly(listed);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(listed) ? new EpochState(epoch, objectives, factors) : null;
    }

    private static void Append(FileStream stream, IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        hash.AppendData(bytes);
        stream.Write(bytes);
    }
}
