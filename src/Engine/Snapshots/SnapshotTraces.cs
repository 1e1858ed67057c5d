using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Snapshots;

/// <summary>Looks for a listener in the files of snapshots, whatever the registry says of them.</summary>
public static class SnapshotTraces
{
    private const int OffsetBytes = 8;

    /// <summary>Finds the folders that hold a listener's vector.</summary>
    /// <param name="snapshots">The folder of all snapshots; one that is not there holds nothing.</param>
    /// <param name="user">Whom.</param>
    /// <returns>Names of folders, in order; unfinished ones too. A file that cannot be understood counts when it holds the id's bytes.</returns>
    /// <remarks>Reads one file of each snapshot as a whole, and verifies nothing: a question for an erasure, not for a request.</remarks>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<string> Find(string snapshots, UserId user)
    {
        ArgumentException.ThrowIfNullOrEmpty(user.Value);
        if (!Directory.Exists(snapshots))
        {
            return [];
        }

        var id = Encoding.UTF8.GetBytes(user.Value);
        return [.. Directory.EnumerateDirectories(snapshots)
            .Where(folder => Holds(Path.Combine(folder, SnapshotFormat.UserIds), id))
            .Select(folder => Path.GetFileName(folder))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>What an erasure still waits for, in words.</summary>
    /// <param name="folders">As <see cref="Find"/> gives them.</param>
    public static IReadOnlyList<string> Describe(IEnumerable<string> folders) => [.. folders.Select(folder =>
        $"the vector in the files of snapshot {(int.TryParse(folder, out var number) ? number.ToString(CultureInfo.InvariantCulture) : folder)}, "
        + "served to nobody, until a later training has replaced it and its files are collected")];

    /// <summary>Whether a snapshot holds the vector of any of several listeners.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <param name="isSought">Whether a listener is one of them.</param>
    /// <returns>False also where there are no ids, or none that can be understood.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool HoldsAny(string folder, Func<UserId, bool> isSought)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(isSought);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(Path.Combine(folder, SnapshotFormat.UserIds));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }

        if (CountOf(bytes) is not { } count)
        {
            return false;
        }

        var text = bytes.AsSpan((count + 1) * OffsetBytes);
        for (var i = 0; i < count; i++)
        {
            var (start, end) = (Offset(bytes, i), Offset(bytes, i + 1));
            if (start >= 0 && start < end && end <= text.Length && isSought(new UserId(Encoding.UTF8.GetString(text[(int)start..(int)end]))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Holds(string path, ReadOnlySpan<byte> id)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false; // Not written yet, or collected meanwhile.
        }

        if (bytes.AsSpan().IndexOf(id) < 0)
        {
            return false;
        }

        return CountOf(bytes) is not { } count || HoldsEntry(bytes, count, id);
    }

    /// <summary>How many ids a file lists: the offset behind the last one ends the text; null when none does.</summary>
    private static int? CountOf(ReadOnlySpan<byte> bytes)
    {
        for (var count = 0; (count + 1) * OffsetBytes <= bytes.Length; count++)
        {
            if (Offset(bytes, count) == bytes.Length - ((count + 1) * OffsetBytes))
            {
                return count;
            }
        }

        return null;
    }

    private static bool HoldsEntry(ReadOnlySpan<byte> bytes, int count, ReadOnlySpan<byte> id)
    {
        var text = bytes[((count + 1) * OffsetBytes)..];
        for (var i = 0; i < count; i++)
        {
            var (start, end) = (Offset(bytes, i), Offset(bytes, i + 1));
            if (start < 0 || end < start || end > text.Length || text[(int)start..(int)end].SequenceEqual(id))
            {
                return true;
            }
        }

        return false;
    }

    private static long Offset(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt64LittleEndian(bytes[(index * OffsetBytes)..]);
}
