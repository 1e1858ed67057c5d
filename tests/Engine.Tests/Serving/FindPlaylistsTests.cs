using System.Numerics.Tensors;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Tests.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Serving;

public sealed class FindPlaylistsTests
{
    [Fact]
    public void FindPlaylists_AnyVectors_FindsWhatBruteForceFinds() => Property.ForSeeds(60, seed =>
    {
        var random = new Random(seed);
        var (d, count, k) = (random.Next(1, 70), random.Next(1, 700), random.Next(1, 60));
        var vectors = TasteWorld.RandomFactors(random, count, d);
        for (var i = random.Next(4); i > 0; i--)
        {
            // Equal rows and empty ones: ties and playlists that the model cannot place.
            vectors.AsSpan(random.Next(count) * d, d).CopyTo(vectors.AsSpan(random.Next(count) * d, d));
            vectors.AsSpan(random.Next(count) * d, d).Clear();
        }

        var positions = Enumerable.Range(0, count).Select(i => 2 * i).ToArray();
        var model = new ServingModel(new SnapshotVersion(1), new FoldInParameters(1, 1, 0.5), d, new float[d], [1], [0], (float[])vectors.Clone(), positions);
        var direction = TasteWorld.RandomFactors(random, 1, d);
        var (found, scores) = (new int[k], new float[k]);
        Assert.Equal(Math.Min(k, count), model.FindPlaylists(direction, found, scores));

        var expected = Enumerable.Range(0, count)
            .Select(row =>
            {
                var unit = vectors.AsSpan(row * d, d).ToArray();
                VectorKernels.Normalize(unit);
                return (Playlist: 2 * row, Score: TensorPrimitives.Dot<float>(unit, direction));
            })
            .OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Playlist).Take(k).ToArray();
        Assert.Equal(expected.Select(pair => pair.Playlist), found[..expected.Length]);
        Assert.Equal(expected.Select(pair => pair.Score), scores[..expected.Length]);
    });
}
