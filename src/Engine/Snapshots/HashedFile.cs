using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Buddies.Engine.Snapshots;

/// <summary>A new file that is hashed as it is written, and made durable at its end.</summary>
internal sealed class HashedFile : IDisposable
{
    private const int ChunkBytes = 1 << 20;
    private readonly string _name;
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public HashedFile(string folder, string name)
    {
        _name = name;
        _stream = new FileStream(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, ChunkBytes);
    }

    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        // In chunks, because the bytes of a long span of numbers are more than one span of bytes can hold.
        for (var from = 0; from < values.Length;)
        {
            var count = Math.Min(ChunkBytes / 8, values.Length - from);
            var bytes = MemoryMarshal.AsBytes(values.Slice(from, count));
            _hash.AppendData(bytes);
            _stream.Write(bytes);
            from += count;
        }
    }

    /// <summary>Forces the file to the disk.</summary>
    /// <returns>What the manifest says of it.</returns>
    public SnapshotFile Finish()
    {
        _stream.Flush(flushToDisk: true);
        return new SnapshotFile(_name, _stream.Length, Convert.ToHexStringLower(_hash.GetHashAndReset()));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }
}
