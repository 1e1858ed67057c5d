using System.Numerics.Tensors;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Synth;

/// <summary>The listeners of a world: each a mix of a community, a little of another one, and a will of one's own.</summary>
internal sealed class SyntheticListeners
{
    private const double SecondCommunity = 0.35;
    private const double OwnNoise = 0.35;

    private readonly int[] _communityOf;
    private readonly float[] _vectors;

    public SyntheticListeners(SyntheticWorldOptions options, float[] genreCentres)
    {
        var centres = MakeCentres(options, genreCentres);
        _communityOf = new int[options.Listeners];
        _vectors = new float[options.Listeners * Latent.Dimension];
        for (var listener = 0; listener < options.Listeners; listener++)
        {
            var random = Seeds.For(options.Seed, Seeds.Listener, listener);
            _communityOf[listener] = random.Next(options.Communities);
            var second = random.Next(options.Communities);
            var share = (float)(random.NextDouble() * SecondCommunity);
            var vector = Latent.Row(_vectors, listener);
            TensorPrimitives.MultiplyAdd(Latent.Row(centres, second), share, Latent.Row(centres, _communityOf[listener]), vector);
            Latent.AddNoise(vector, OwnNoise, random);
            Latent.Normalize(vector);
        }
    }

    public int Count => _communityOf.Length;

    public int CommunityOf(int listener) => _communityOf[listener];

    public ReadOnlySpan<float> Vector(int listener) => Latent.Row(_vectors, listener);

    public static UserId Id(int listener) => new($"u{listener + 1:0000}");

    /// <summary>A community's centre is a mix of two genres, so that communities differ and overlap.</summary>
    private static float[] MakeCentres(SyntheticWorldOptions options, float[] genreCentres)
    {
        var centres = new float[options.Communities * Latent.Dimension];
        for (var community = 0; community < options.Communities; community++)
        {
            var random = Seeds.For(options.Seed, Seeds.Communities, community);
            var first = Latent.Row(genreCentres, community % SyntheticTracks.GenreCount);
            var second = Latent.Row(genreCentres, random.Next(SyntheticTracks.GenreCount));
            var centre = Latent.Row(centres, community);
            TensorPrimitives.MultiplyAdd(second, 0.4f + (0.4f * random.NextSingle()), first, centre);
            Latent.AddNoise(centre, 0.1, random);
            Latent.Normalize(centre);
        }

        return centres;
    }
}
