using System.Runtime.InteropServices;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Zeroed memory outside the collector's reach, on large pages where the system has them: a move touches a thousand places
/// anywhere in gigabytes, and with small pages looking up where they lie costs more than reading them.
/// </summary>
/// <remarks>
/// On Linux it comes from the system itself and goes back to it: the C library keeps blocks of this size once it has freed some,
/// in an arena of each thread, and after some versions the server held three times what was in use.
/// </remarks>
internal static unsafe partial class NativePages
{
    /// <summary>Bytes of a large page.</summary>
    public const int Size = 2 * 1024 * 1024;

    private const int SmallPage = 4096;
    private const int ReadWrite = 1 | 2;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private const int HugePage = 14;
    private const int PopulateWrite = 23;

    /// <summary>Allocates, and has the system clear all of it; the length is rounded up to whole pages.</summary>
    /// <param name="bytes">How many, 1 or more.</param>
    /// <returns>The first byte, at the beginning of a large page; <see cref="Free"/> takes it back.</returns>
    /// <exception cref="InsufficientMemoryException">The system has none left.</exception>
    public static byte* Allocate(long bytes)
    {
        var length = LengthOf(bytes);
        if (!OperatingSystem.IsLinux())
        {
            var block = (byte*)NativeMemory.AlignedAlloc(length, Size);
            NativeMemory.Clear(block, length);
            return block;
        }

        // A page more than is needed, so that a large one begins within it; what is before and behind goes back at once.
        var mapped = (byte*)Map(null, length + Size, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)mapped == -1)
        {
            throw new InsufficientMemoryException($"The system gives no {length} bytes.");
        }

        var memory = (byte*)(((nuint)mapped + Size - 1) / Size * Size);
        var before = (nuint)(memory - mapped);
        if (before > 0)
        {
            _ = Unmap(mapped, before);
        }

        _ = Unmap(memory + length, Size - before);

        // Only advice: where it is not taken, small pages do. A page at a time, since the system lets nobody else map anything while
        // it fills.
        _ = Advise(memory, length, HugePage);
        for (nuint page = 0; page < length; page += Size)
        {
            Fill(memory + page);
        }

        return memory;
    }

    /// <summary>Gives memory back to the system.</summary>
    /// <param name="memory">What <see cref="Allocate"/> returned.</param>
    /// <param name="bytes">How many were asked for.</param>
    public static void Free(byte* memory, long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Unmap(memory, LengthOf(bytes));
        }
        else
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    /// <summary>What so many bytes take: whole pages.</summary>
    public static long BytesOf(long bytes) => (bytes + Size - 1) / Size * Size;

    /// <summary>Has the system clear a large page. Systems before 5.14 do not do it at once: each small page is touched.</summary>
    private static void Fill(byte* page)
    {
        if (Advise(page, Size, PopulateWrite) != 0)
        {
            for (nuint small = 0; small < Size; small += SmallPage)
            {
                page[small] = 0;
            }
        }
    }

    private static nuint LengthOf(long bytes) => (nuint)BytesOf(bytes);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
