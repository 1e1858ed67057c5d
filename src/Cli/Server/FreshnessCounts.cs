using System.Globalization;

namespace Buddies.Cli.Server;

/// <summary>What a server's own probes of freshness came to, since it started.</summary>
/// <param name="ObjectiveMs">Milliseconds that a probe may take from its event to the push.</param>
/// <param name="Fresh">Probes that were there in time.</param>
/// <param name="Late">Probes that were there, but later.</param>
/// <param name="Failed">Probes after which something was not as it has to be.</param>
internal readonly record struct FreshnessCounts(double ObjectiveMs, long Fresh, long Late, long Failed)
{
    private const string Probes = "buddies_freshness_probes_total";

    /// <summary>Reads them out of what <c>/metrics</c> answers.</summary>
    /// <param name="metrics">Prometheus' text format.</param>
    /// <exception cref="FormatException">The server measures no freshness.</exception>
    public static FreshnessCounts Read(string metrics)
    {
        double? objective = null;
        long fresh = 0, late = 0, failed = 0;
        foreach (var line in metrics.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("buddies_freshness_objective_seconds"))
            {
                objective = ValueOf(line) * 1_000;
            }
            else if (line.StartsWith(Probes))
            {
                var value = (long)ValueOf(line);
                if (line.Contains("result=\"fresh\"", StringComparison.Ordinal))
                {
                    fresh += value;
                }
                else if (line.Contains("result=\"late\"", StringComparison.Ordinal))
                {
                    late += value;
                }
                else if (line.Contains("result=\"failed\"", StringComparison.Ordinal))
                {
                    failed += value;
                }
            }
        }

        return objective is { } milliseconds
            ? new(milliseconds, fresh, late, failed)
            : throw new FormatException("The server's metrics name no objective of freshness.");
    }

    /// <summary>What came since an earlier reading.</summary>
    public FreshnessCounts Since(FreshnessCounts former) => new(ObjectiveMs, Fresh - former.Fresh, Late - former.Late, Failed - former.Failed);

    private static double ValueOf(ReadOnlySpan<char> line) => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
}
