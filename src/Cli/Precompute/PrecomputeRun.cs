using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Buddies.Cli.Precompute;

/// <summary>
/// Writes everybody's page, one line each in the order of the ids. A file that was cut off is gone on with behind its last
/// whole line; the pages are the same as without the cut.
/// </summary>
internal static class PrecomputeRun
{
    /// <summary>Pages that are made at once, and forced to the disk together.</summary>
    private const int Batch = 256;

    /// <returns>Pages that were there, pages that were made, and the seconds that took.</returns>
    public static (int TakenOver, int Made, double Seconds) Write(
        PrecomputeWorld world, PrecomputeJob job, string output, Action<int, int> progress, CancellationToken cancellationToken)
    {
        int[] order = [.. Enumerable.Range(0, world.Facts.Users.Count).OrderBy(user => world.Facts.Users[user].Value, StringComparer.Ordinal)];
        using var stream = new FileStream(output, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var takenOver = KeepWhole(stream, order, world);
        var started = Stopwatch.GetTimestamp();
        using var makers = new ThreadLocal<PageMaker>(() => new PageMaker(world, job));
        for (var from = takenOver; from < order.Length; from += Batch)
        {
            var users = order[from..Math.Min(order.Length, from + Batch)];
            var buddies = world.FindBuddies(users);
            var lines = new byte[users.Length][];
            Parallel.For(
                0, users.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => lines[i] = PageMaker.Write(makers.Value!.Make(users[i], buddies[i])));
            foreach (var line in lines)
            {
                stream.Write(line);
            }

            stream.Flush(flushToDisk: true);
            progress(from + users.Length, order.Length);
        }

        return (takenOver, order.Length - takenOver, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Keeps the whole lines that are those of the first listeners; cuts off the rest.</summary>
    private static int KeepWhole(FileStream stream, int[] order, PrecomputeWorld world)
    {
        var (count, end) = (0, 0L);
        using (var reader = new StreamReader(stream, Encoding.UTF8, false, 1 << 16, leaveOpen: true))
        {
            while (count < order.Length && reader.ReadLine() is { } line && IsPageOf(line, world.Facts.Users[order[count]].Value))
            {
                var bytes = Encoding.UTF8.GetByteCount(line) + 1;
                if (end + bytes > stream.Length)
                {
                    break; // Without its line end: it was being written.
                }

                (count, end) = (count + 1, end + bytes);
            }
        }

        stream.SetLength(end);
        stream.Position = end;
        return count;
    }

    private static bool IsPageOf(string line, string user)
    {
        try
        {
            using var page = JsonDocument.Parse(line);
            return page.RootElement.GetProperty("userId").GetString() == user;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }
}
