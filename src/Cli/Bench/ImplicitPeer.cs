using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Buddies.Training.Als;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Factors;

namespace Buddies.Cli.Bench;

/// <summary>The library <c>implicit</c> on the same rows, through a driver script in <c>bench/peers</c>.</summary>
internal static class ImplicitPeer
{
    /// <summary>What the driver may be asked to solve with.</summary>
    public static readonly string[] Solvers = ["cg", "cholesky"];

    private const string Script = "implicit_als.py";

    /// <summary>The exit code of a driver that finds no library.</summary>
    private const int Absent = 3;

    /// <summary>The driver's place, from the working directory upwards; null when there is none.</summary>
    public static string? FindScript() =>
        PeerDrivers.FindSources() is { } folder && File.Exists(Path.Combine(folder, Script)) ? Path.Combine(folder, Script) : null;

    /// <summary>Trains with the peer.</summary>
    /// <param name="script">The driver.</param>
    /// <param name="training">What to train on.</param>
    /// <param name="options">Dimension, epochs and threads.</param>
    /// <param name="solver">One of <see cref="Solvers"/>.</param>
    /// <param name="confidence">What a fact weighs above a pair without one; the driver has the same.</param>
    /// <param name="cancellationToken">Ends the driver.</param>
    /// <returns>What was measured, or why nothing was.</returns>
    public static async Task<ImplicitResult> RunAsync(
        string script, SparseRows training, TrainBenchOptions options, string solver, float confidence, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("buddies-implicit-").FullName;
        try
        {
            var (rows, factors) = (Path.Combine(folder, "rows.txt"), Path.Combine(folder, "factors.f32"));
            await WriteAsync(training, rows, cancellationToken);
            var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true };

            // The library warns that BLAS threads disturb its own.
            (start.Environment["OPENBLAS_NUM_THREADS"], start.Environment["MKL_NUM_THREADS"]) = ("1", "1");
            foreach (var argument in (string[])[script, rows, Text(options.Dimension), Text(options.Epochs), Text(options.Threads), solver, factors])
            {
                start.ArgumentList.Add(argument);
            }

            var (code, output) = await PeerProcess.ReadAsync(start, cancellationToken);
            var last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
            if (code != 0)
            {
                return new ImplicitResult(null, null, code == Absent || code < 0 ? last : $"{Script} ended with {code}; see stderr");
            }

            var said = JsonSerializer.Deserialize<Said>(last, JsonSerializerOptions.Web) ?? throw new BenchFailedException($"{Script}: expected JSON, got '{last}'.");
            return new ImplicitResult(said, MakeRanker(await File.ReadAllBytesAsync(factors, cancellationToken), said, training.ColumnCount, options.Dimension, confidence), null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The peer's item factors under our fold-in, so that the recall is of its factors alone. Items above its highest number have none.</summary>
    private static AlsRanker MakeRanker(byte[] bytes, Said said, int trackCount, int dimension, float confidence)
    {
        if (bytes.Length != (long)said.Items * dimension * sizeof(float) || said.Items > trackCount)
        {
            throw new BenchFailedException($"{Script}: expected factors of at most {trackCount} items, got {bytes.Length} bytes for {said.Items}.");
        }

        var factors = new float[trackCount * dimension];
        MemoryMarshal.Cast<byte, float>(bytes.AsSpan()).CopyTo(factors);
        var weights = new float[trackCount];
        Array.Fill(weights, confidence);
        return new AlsRanker(factors, weights, new AlsOptions { Dimension = dimension, RegularizationExponent = 0 });
    }

    private static async Task WriteAsync(SparseRows rows, string path, CancellationToken cancellationToken)
    {
        await using var file = new StreamWriter(path);
        for (var row = 0; row < rows.RowCount; row++)
        {
            var line = string.Join(' ', rows.Columns[rows.RangeOf(row)].Prepend(row));
            await file.WriteAsync($"{line}\n".AsMemory(), cancellationToken);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The driver's last line.</summary>
    internal sealed record Said(string Version, double SecondsPerEpoch, int Items);
}

/// <summary>What came of a peer.</summary>
/// <param name="Said">What it said; null when it did not run.</param>
/// <param name="Ranker">Its factors under our fold-in; null when it did not run.</param>
/// <param name="Absent">Why it did not run.</param>
internal sealed record ImplicitResult(ImplicitPeer.Said? Said, IRanker? Ranker, string? Absent);
