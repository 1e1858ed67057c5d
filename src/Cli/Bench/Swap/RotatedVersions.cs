using System.Numerics.Tensors;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Validation;

namespace Buddies.Cli.Bench.Swap;

/// <summary>
/// Writes further versions of a model: the same space, turned. Within one version every similarity is what it was; between
/// two versions vectors have nothing to do with each other, so an answer that mixes them shows wrong numbers.
/// </summary>
internal sealed class RotatedVersions(Snapshot snapshot, int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Writes and registers one more version.</summary>
    public async Task<SnapshotVersion> WriteAsync(IStore store, string dataDirectory, CancellationToken cancellationToken)
    {
        var version = await store.Models.ReserveVersionAsync(cancellationToken);
        var contents = await Task.Run(Turn, cancellationToken);
        var manifest = snapshot.Manifest with { Version = version.Value, Parent = snapshot.Version.Value };
        var folder = SnapshotFolders.NameOf(version);
        var written = SnapshotWriter.Write(SnapshotFolders.In(dataDirectory), folder, contents, manifest);

        // Of the same data: what was found in it holds.
        var files = new ValidationFiles(dataDirectory);
        File.Copy(files.ReportPath(snapshot.Version), files.ReportPath(version));
        await store.Models.RegisterAsync(
            new RegisteredModel(version, folder, manifest.CreatedAt, written.ManifestSha256, manifest.Watermark), CancellationToken.None);
        return version;
    }

    /// <summary>A reflection in a random plane, and another one: a rotation that moves everything.</summary>
    private SnapshotContents Turn()
    {
        var d = snapshot.Dimension;
        var normals = new float[8][];
        for (var i = 0; i < normals.Length; i++)
        {
            normals[i] = new float[d];
            for (var j = 0; j < d; j++)
            {
                normals[i][j] = (float)((_random.NextDouble() * 2) - 1);
            }

            TensorPrimitives.Divide(normals[i], TensorPrimitives.Norm<float>(normals[i]), normals[i]);
        }

        float[] Turned(ReadOnlySpan<float> rows)
        {
            var copy = rows.ToArray();
            for (var row = 0; row < copy.Length; row += d)
            {
                var vector = copy.AsSpan(row, d);
                foreach (var normal in normals)
                {
                    TensorPrimitives.MultiplyAdd(normal, -2 * TensorPrimitives.Dot<float>(normal, vector), vector, vector);
                }
            }

            return copy;
        }

        var offsets = new long[snapshot.PlaylistCount + 1];
        var (tracks, times) = (new List<int>(), new List<int>());
        for (var row = 0; row < snapshot.PlaylistCount; row++)
        {
            snapshot.PlaylistTracks(row, out var rows, out var counts);
            tracks.AddRange(rows);
            times.AddRange(counts);
            offsets[row + 1] = tracks.Count;
        }

        var cells = snapshot.MakeCellMap();
        return new SnapshotContents
        {
            Dimension = d,
            TrackIds = [.. Enumerable.Range(0, snapshot.TrackCount).Select(snapshot.TrackId)],
            TrackFactors = Turned(snapshot.TrackFactors),
            TrackPopularity = snapshot.TrackPopularity.ToArray(),
            TrackWeights = snapshot.TrackWeights.ToArray(),
            PlaylistIds = [.. Enumerable.Range(0, snapshot.PlaylistCount).Select(snapshot.PlaylistId)],
            PlaylistFactors = Turned(snapshot.PlaylistFactors),
            PlaylistOffsets = offsets,
            PlaylistTracks = [.. tracks],
            PlaylistTimes = [.. times],
            UserIds = [.. Enumerable.Range(0, snapshot.UserCount).Select(snapshot.UserId)],
            UserVectors = Turned(snapshot.UserVectors),
            Cells = cells.CellCount == 1 ? null : new CellMap(
                Turned(cells.Centroids.Span), d, [.. Enumerable.Range(0, cells.CellCount).Select(cell => (IReadOnlyList<int>)cells.Probes(cell).ToArray())]),
        };
    }
}
