namespace Buddies.Cli.Bench;

/// <summary>Compares lists with brute force over everybody, at the moment each list is from. Uses all cores.</summary>
internal static class Truth
{
    /// <summary>Mean recall.</summary>
    /// <param name="world">The world as it begins.</param>
    /// <param name="samples">In order of their state.</param>
    /// <param name="k">How long a list should be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>0 to 1; NaN without samples.</returns>
    public static double RecallOf(BuddyWorld world, IReadOnlyList<ListSample> samples, int k, CancellationToken cancellationToken)
    {
        var state = new WorldState(world.Shape, world.Vectors, world.Moves);
        var sum = 0.0;
        foreach (var sample in samples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            state.AdvanceTo(sample.State);
            sum += state.RecallOf(sample.User, sample.List, k);
        }

        return sum / samples.Count;
    }
}
