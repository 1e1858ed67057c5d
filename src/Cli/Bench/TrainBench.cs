using System.Diagnostics;
using Buddies.Training.Als;
using Buddies.Training.Devices;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Bpr;
using Buddies.Training.Rankers.Factors;
using Buddies.Training.Splits;

namespace Buddies.Cli.Bench;

/// <summary>What <c>bench train</c> measures.</summary>
/// <param name="Dimension">d.</param>
/// <param name="Epochs">Epochs of ALS, 2 or more; the first one is not counted.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Seed">Of the data and of the models.</param>
internal sealed record TrainBenchOptions(int Dimension, int Epochs, int Threads, int Seed);

/// <summary>How fast factors are trained, with the quality that was reached beside it.</summary>
internal static class TrainBench
{
    private const int K = 20;
    private const double Share = 0.2;

    /// <summary>What a fact weighs above a pair without one.</summary>
    private const float Confidence = 3.7f;

    /// <summary>Measures ALS, the peer's ALS where it is here, and BPR on the same split of the same rows; ours on a device too, where one is given.</summary>
    public static async Task<TrainBenchReport> RunAsync(SparseRows rows, TrainBenchOptions options, ITrainingDevice? device, CancellationToken cancellationToken)
    {
        var split = InteractionSplit.Draw(rows, Share, options.Seed);
        var run = new RankerRun(options.Threads, options.Seed, new StepDisplay(), cancellationToken);
        var peak = PeakRate.Measure(options.Threads);
        List<TrainBenchRow> measured = [RunAls(split, options, run, peak, null)];
        var absent = await AddPeerAsync(split, options, run, measured);
        measured.Add(RunBpr(split, options, run, null));
        if (device is not null)
        {
            measured.Add(RunAls(split, options, run, peak, device));
            measured.Add(RunBpr(split, options, run, device));
        }

        return new TrainBenchReport(
            BenchConditions.CpuName(), Environment.ProcessorCount, options.Threads, options.Dimension, rows.RowCount, rows.ColumnCount, split.Training.EntryCount, peak / 1e9, K, measured, absent);
    }

    private static TrainBenchRow RunAls(InteractionSplit split, TrainBenchOptions options, RankerRun run, double peak, ITrainingDevice? device)
    {
        var epochs = new EpochTimes();
        var als = new AlsOptions { Dimension = options.Dimension, Epochs = options.Epochs, Seed = options.Seed, Threads = options.Threads, Device = device };
        var weights = new float[split.Training.ColumnCount];
        Array.Fill(weights, Confidence);
        var weighed = split.Training.WeighColumns(weights);
        var factors = ImplicitAlsTrainer.Train(weighed, weighed, als, epochs, TimeProvider.System, run.CancellationToken).TrackFactors;
        var seconds = epochs.SecondsEach();
        var rate = OperationsOf(split.Training, options.Dimension) / seconds;
        return new TrainBenchRow(
            NameOf("als", device), options.Epochs, seconds, split.Training.EntryCount / seconds, rate / 1e9, device?.IsOnProcessors is false ? null : rate / peak, RecallOf(new AlsRanker(factors, weights, als), split, run));
    }

    /// <summary>A row for each of the peer's solvers.</summary>
    /// <returns>Why there is none; null where there are.</returns>
    private static async Task<string?> AddPeerAsync(InteractionSplit split, TrainBenchOptions options, RankerRun run, List<TrainBenchRow> measured)
    {
        if (ImplicitPeer.FindScript() is not { } script)
        {
            return $"no bench/peers in or above {Environment.CurrentDirectory}";
        }

        foreach (var solver in ImplicitPeer.Solvers)
        {
            run.Tell($"implicit, {solver}");
            var result = await ImplicitPeer.RunAsync(script, split.Training, options, solver, Confidence, run.CancellationToken);
            if (result is not { Said: { } said, Ranker: { } ranker })
            {
                return result.Absent;
            }

            measured.Add(new TrainBenchRow(
                $"implicit {said.Version}, {solver}", options.Epochs, said.SecondsPerEpoch, split.Training.EntryCount / said.SecondsPerEpoch, null, null, RecallOf(ranker, split, run)));
        }

        return null;
    }

    private static TrainBenchRow RunBpr(InteractionSplit split, TrainBenchOptions options, RankerRun run, ITrainingDevice? device)
    {
        var bpr = new BprOptions { Dimension = options.Dimension };
        var started = Stopwatch.GetTimestamp();
        var trainer = device?.CreateBpr(bpr) ?? new BprTrainer(bpr);
        var ranker = trainer.Train(split.Training, run with { Progress = null });
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds / bpr.Epochs;
        return new TrainBenchRow(NameOf("bpr", device), bpr.Epochs, seconds, split.Training.EntryCount / seconds, null, null, RecallOf(ranker, split, run));
    }

    private static string NameOf(string trainer, ITrainingDevice? device) => device is null ? trainer : $"{trainer}, {device.Name}";

    /// <summary>Multiplications and additions of one epoch: for each fact of either side d² (half of y·yᵀ), for each row d³/3 and two triangular solves.</summary>
    private static double OperationsOf(SparseRows rows, double d) =>
        (2.0 * rows.EntryCount * d * d) + (((double)rows.RowCount + rows.ColumnCount) * ((d * d * d / 3) + (2 * d * d)));

    private static double RecallOf(IRanker ranker, InteractionSplit split, RankerRun run)
    {
        var judged = split.JudgedUsers;
        var lists = RankedLists.Make(ranker, BinaryRows.Select(split.Training, judged), K, run);
        return Enumerable.Range(0, judged.Length).Average(i => ListMetrics.Recall(lists[i], split.Hidden[judged[i]], K));
    }

    /// <summary>When each epoch ended; its objective is told then.</summary>
    private sealed class EpochTimes : IProgress<TrainProgress>
    {
        private readonly List<long> _ends = [];
        private double? _last;

        public void Report(TrainProgress value)
        {
            if (value.Objective is { } objective && objective != _last)
            {
                _last = objective;
                _ends.Add(Stopwatch.GetTimestamp());
            }
        }

        public double SecondsEach() => Stopwatch.GetElapsedTime(_ends[0], _ends[^1]).TotalSeconds / (_ends.Count - 1);
    }
}

/// <summary>A run.</summary>
/// <param name="Cpu">The processor's name.</param>
/// <param name="Cores">Logical processors of this process.</param>
/// <param name="Threads">Threads used.</param>
/// <param name="Dimension">d.</param>
/// <param name="Listeners">Rows.</param>
/// <param name="Tracks">Columns.</param>
/// <param name="Facts">Facts trained on.</param>
/// <param name="PeakGflops">What the threads do at most, measured, in double precision.</param>
/// <param name="K">Places of the recall.</param>
/// <param name="Rows">The trainers.</param>
/// <param name="PeerAbsent">Why implicit is not among them; null where it is.</param>
internal sealed record TrainBenchReport(
    string Cpu, int Cores, int Threads, int Dimension, int Listeners, int Tracks, int Facts, double PeakGflops, int K, IReadOnlyList<TrainBenchRow> Rows, string? PeerAbsent);

/// <summary>One trainer.</summary>
/// <param name="Trainer">als, bpr, either with its device, or the peer with its version and solver.</param>
/// <param name="Epochs">Epochs trained.</param>
/// <param name="SecondsPerEpoch">Of ALS without the first, its objective included.</param>
/// <param name="InteractionsPerSecond">Facts over that.</param>
/// <param name="Gflops">Operations that the formula of ALS takes, over that time; none for BPR, which memory bounds.</param>
/// <param name="ShareOfPeak">Of <see cref="TrainBenchReport.PeakGflops"/>; none on a GPU.</param>
/// <param name="Recall">Of a fifth of the facts, hidden.</param>
internal sealed record TrainBenchRow(
    string Trainer, int Epochs, double SecondsPerEpoch, double InteractionsPerSecond, double? Gflops, double? ShareOfPeak, double Recall);
