using Buddies.Training.Facts;

namespace Buddies.Cli.Bench;

/// <summary>Rows to measure training on: listeners of some scenes, tracks with Zipf's popularity within theirs.</summary>
internal static class TrainWorld
{
    private const int Scenes = 64;
    private const double OwnScene = 0.8;

    /// <summary>Makes rows.</summary>
    /// <param name="listeners">Listeners.</param>
    /// <param name="tracks">Tracks.</param>
    /// <param name="factsEach">Draws for each listener; a track that is drawn twice counts once.</param>
    /// <param name="seed">Where it all comes from.</param>
    public static SparseRows Make(int listeners, int tracks, int factsEach, int seed)
    {
        var random = new Random(seed);
        return BinaryRows.Make(
            listener =>
            {
                var scene = random.Next(Scenes);
                var own = new SortedSet<int>();
                for (var i = 0; i < factsEach; i++)
                {
                    // Zipf(1) by inversion of its continuous twin: n^u.
                    var rank = (int)Math.Pow((double)tracks / Scenes, random.NextDouble()) - 1;
                    var from = random.NextDouble() < OwnScene ? scene : random.Next(Scenes);
                    own.Add(Math.Min(tracks - 1, (rank * Scenes) + from));
                }

                return own;
            },
            listeners,
            tracks);
    }
}
