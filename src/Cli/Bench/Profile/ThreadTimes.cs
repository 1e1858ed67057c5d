using System.Globalization;

namespace Buddies.Cli.Bench.Profile;

/// <summary>Processor time of a process by what its threads are for, from <c>/proc</c>, in ticks of the kernel.</summary>
/// <param name="User">In user mode, all threads.</param>
/// <param name="Kernel">In the kernel, all threads.</param>
/// <param name="Collector">In user mode, threads of the garbage collector.</param>
/// <param name="Compiler">In user mode, threads that compile.</param>
internal readonly record struct ThreadTimes(long User, long Kernel, long Collector, long Compiler)
{
    public long Total => User + Kernel;

    /// <summary>Of several processes together.</summary>
    public static ThreadTimes Of(IReadOnlyList<int> processIds) => processIds.Aggregate(default(ThreadTimes), (sum, id) => sum + Of(id));

    /// <exception cref="IOException">There is no such process, or no <c>/proc</c>.</exception>
    public static ThreadTimes Of(int processId)
    {
        // The process remembers what threads took that have ended; those of the collector stay, those that compile come and go.
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        var (_, user, kernel) = Read(folder);
        var sum = new ThreadTimes(user, kernel, 0, 0);
        foreach (var thread in Directory.EnumerateDirectories(Path.Combine(folder, "task")))
        {
            var (name, taken, _) = Read(thread);
            var isCollector = name.Contains("GC", StringComparison.Ordinal);
            var isCompiler = name.StartsWith(".NET Tiered", StringComparison.Ordinal);
            sum += new ThreadTimes(0, 0, isCollector ? taken : 0, isCompiler ? taken : 0);
        }

        return sum;
    }

    public static ThreadTimes operator +(ThreadTimes one, ThreadTimes other) =>
        new(one.User + other.User, one.Kernel + other.Kernel, one.Collector + other.Collector, one.Compiler + other.Compiler);

    /// <summary>What was taken since; a thread that has ended since then is not in it.</summary>
    public static ThreadTimes operator -(ThreadTimes one, ThreadTimes other) =>
        new(one.User - other.User, one.Kernel - other.Kernel, Math.Max(0, one.Collector - other.Collector), Math.Max(0, one.Compiler - other.Compiler));

    private static (string Name, long User, long Kernel) Read(string thread)
    {
        try
        {
            // "number (name) state …", of which the name may hold anything; user and kernel are the 14th and the 15th.
            var line = File.ReadAllText(Path.Combine(thread, "stat"));
            var (open, close) = (line.IndexOf('('), line.LastIndexOf(')'));
            var fields = line[(close + 2)..].Split(' ');
            return (line[(open + 1)..close], long.Parse(fields[11], CultureInfo.InvariantCulture), long.Parse(fields[12], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ("", 0, 0); // It has ended meanwhile.
        }
    }
}
