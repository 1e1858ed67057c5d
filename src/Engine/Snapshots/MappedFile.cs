using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Buddies.Engine.Snapshots;

/// <summary>A whole file in memory, read-only, at an address that stands still until it is disposed.</summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    /// <summary>What is looked through as a whole is so in parts of this size, a multiple of any page's.</summary>
    public const int ChunkBytes = 1 << 21;

    private const int DontNeed = 4;
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _start;
    private volatile bool _disposed;

    /// <exception cref="IOException">The file cannot be read.</exception>
    public MappedFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Bytes = stream.Length;
        if (Bytes == 0)
        {
            // Nothing to map, and a system may refuse to.
            return;
        }

        try
        {
            _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = _file.CreateViewAccessor(0, Bytes, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
            _start += _view.PointerOffset;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file's length.</summary>
    public long Bytes { get; }

    /// <summary>Values of the file; must not be touched after <see cref="Dispose"/>.</summary>
    /// <param name="offsetBytes">Where they begin.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ObjectDisposedException">The file is no longer mapped.</exception>
    public ReadOnlySpan<T> Values<T>(long offsetBytes, long count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (offsetBytes < 0 || count < 0 || count > int.MaxValue || offsetBytes + (count * sizeof(T)) > Bytes)
        {
            throw new ArgumentOutOfRangeException(nameof(count), $"Expected values within {Bytes} bytes, got {count} of {sizeof(T)} bytes from {offsetBytes} on.");
        }

        return new ReadOnlySpan<T>(_start + offsetBytes, (int)count);
    }

    /// <summary>SHA-256 of the whole file, lower-case hexadecimal.</summary>
    /// <param name="pause">Called between pieces of work of well under a millisecond, and may rest; null for nobody.</param>
    public string ComputeSha256(Action? pause = null)
    {
        const int Piece = ChunkBytes / 16;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long from = 0; from < Bytes; from += Piece)
        {
            hash.AppendData(Values<byte>(from, Math.Min(Piece, Bytes - from)));
            if ((from + Piece) % ChunkBytes == 0 || from + Piece >= Bytes)
            {
                LetGo(from / ChunkBytes * ChunkBytes, ChunkBytes);
            }

            pause?.Invoke();
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// Takes a part out of the process's own memory: it was looked through, and nobody may need it again. It stays mapped, and the system
    /// keeps it as long as it has room: whoever reads it finds it there.
    /// </summary>
    /// <param name="offsetBytes">Where it begins, a multiple of <see cref="ChunkBytes"/>.</param>
    /// <param name="bytes">How much; what is beyond the end counts for nothing.</param>
    public void LetGo(long offsetBytes, long bytes)
    {
        if (OperatingSystem.IsLinux() && bytes > 0 && offsetBytes < Bytes)
        {
            _ = Advise(_start + offsetBytes, (nuint)Math.Min(bytes, Bytes - offsetBytes), DontNeed);
        }
    }

    /// <summary>Takes all of it out of the process's own memory.</summary>
    public void LetGo() => LetGo(0, Bytes);

    public void Dispose()
    {
        _disposed = true;
        if (_start is not null)
        {
            _start = null;
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        _view?.Dispose();
        _file?.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
