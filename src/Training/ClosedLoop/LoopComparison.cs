using Buddies.Training.Evaluation;

namespace Buddies.Training.ClosedLoop;

/// <summary>What a policy made of several worlds.</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Engagement">Tracks heard to their end from Home, for each listener and day; mean of the seeds.</param>
/// <param name="Low">Lower end of its 95 % interval over the seeds.</param>
/// <param name="High">Upper end.</param>
/// <param name="LateEngagement">The same over the last third of the days.</param>
/// <param name="Coverage">Share of the public playlists of which somebody heard something from Home.</param>
/// <param name="Discovery">Tracks heard to their end for the first time from Home, for each listener and day.</param>
/// <param name="EngagementByDay">Engagement of each day, mean of the seeds.</param>
/// <param name="DiscoveryByDay">Discovery of each day, mean of the seeds.</param>
public sealed record LoopSummary(
    string Policy,
    double Engagement,
    double Low,
    double High,
    double LateEngagement,
    double Coverage,
    double Discovery,
    IReadOnlyList<double> EngagementByDay,
    IReadOnlyList<double> DiscoveryByDay);

/// <summary>One policy against another in the same worlds: the mean of the seeds' ratios less one, with 95 % intervals.</summary>
/// <param name="Policy">Which.</param>
/// <param name="Over">Over which.</param>
/// <param name="Engagement">Of engagement.</param>
/// <param name="LateEngagement">Of engagement over the last third of the days.</param>
/// <param name="Coverage">Of coverage.</param>
/// <param name="Discovery">Of discovery.</param>
public sealed record LoopLift(
    string Policy, string Over, MeanInterval Engagement, MeanInterval LateEngagement, MeanInterval Coverage, MeanInterval Discovery);

/// <summary>A comparison of policies.</summary>
/// <param name="Listeners">Listeners of each world.</param>
/// <param name="Playlists">Playlists of each world.</param>
/// <param name="Days">Simulated days.</param>
/// <param name="Seeds">Worlds.</param>
/// <param name="Policies">One for each policy.</param>
/// <param name="Lifts">The first policy over each other one.</param>
public sealed record LoopReport(
    int Listeners, int Playlists, int Days, int Seeds, IReadOnlyList<LoopSummary> Policies, IReadOnlyList<LoopLift> Lifts);

/// <summary>Runs policies in the same worlds and compares them seed by seed.</summary>
public static class LoopComparison
{
    /// <summary>A policy's name on the command line and in reports.</summary>
    /// <param name="policy">Which.</param>
    /// <returns>For example <c>no-exploration</c>.</returns>
    public static string NameOf(LoopPolicy policy) => policy == LoopPolicy.NoExploration ? "no-exploration" : policy.ToString().ToLowerInvariant();

    /// <summary>Runs.</summary>
    /// <param name="options">The world; its seed is that of the first.</param>
    /// <param name="policies">The first is compared with each of the others.</param>
    /// <param name="seeds">How many worlds, 1 or more.</param>
    /// <param name="kept">Where finished runs are kept and looked for; null runs them all.</param>
    /// <param name="onDone">Told after each run, one at a time, in the order in which they end.</param>
    /// <param name="cancellationToken">Stops between days.</param>
    /// <returns>The comparison.</returns>
    public static LoopReport Run(
        LoopOptions options, IReadOnlyList<LoopPolicy> policies, int seeds, KeptRuns? kept, Action<LoopPolicy, int, LoopResult>? onDone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        var results = new LoopResult[policies.Count, seeds];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, seeds * policies.Count, parallel, run =>
        {
            // A run knows nothing of the others, so that their order does not matter.
            var (seed, p) = (run / policies.Count, run % policies.Count);
            var world = options with { Seed = options.Seed + seed };
            var result = kept?.Find(world, policies[p]);
            if (result is null)
            {
                result = LoopRun.Run(world, policies[p], cancellationToken);
                kept?.Keep(world, policies[p], result);
            }

            lock (results)
            {
                results[p, seed] = result;
                onDone?.Invoke(policies[p], seed, result);
            }
        });

        var rows = policies.Select((_, p) => Enumerable.Range(0, seeds).Select(seed => results[p, seed]).ToArray()).ToArray();
        return new LoopReport(
            options.Listeners,
            options.Playlists,
            options.Days,
            seeds,
            [.. policies.Select((policy, p) => Summarize(policy, rows[p]))],
            [.. policies.Skip(1).Select((policy, p) => Compare(policies[0], rows[0], policy, rows[p + 1]))]);
    }

    private static LoopSummary Summarize(LoopPolicy policy, LoopResult[] results)
    {
        var engagement = StudentInterval.Of([.. results.Select(result => result.Engagement)]);
        var days = Enumerable.Range(0, results[0].Days.Count).ToArray();
        return new LoopSummary(
            NameOf(policy),
            engagement.Value,
            engagement.Low,
            engagement.High,
            results.Average(result => result.LateEngagement),
            results.Average(result => result.Coverage),
            results.Average(result => result.Discovery),
            [.. days.Select(day => results.Average(result => result.Days[day].Listens / (double)result.Days[day].Listeners))],
            [.. days.Select(day => results.Average(result => result.Days[day].Discoveries / (double)result.Days[day].Listeners))]);
    }

    private static LoopLift Compare(LoopPolicy policy, LoopResult[] own, LoopPolicy over, LoopResult[] theirs)
    {
        return new LoopLift(
            NameOf(policy), NameOf(over), Ratio(r => r.Engagement), Ratio(r => r.LateEngagement), Ratio(r => r.Coverage), Ratio(r => r.Discovery));

        MeanInterval Ratio(Func<LoopResult, double> of) => StudentInterval.Of([.. own.Zip(theirs, (left, right) => (of(left) / of(right)) - 1)]);
    }
}
