using System.Numerics.Tensors;
using Buddies.Engine.Catalogue;
using Buddies.Training.Synth;

namespace Buddies.Training.ClosedLoop;

/// <summary>The truth of a closed loop, the same whatever is shown: tastes that drift, tracks, playlists and when they come out.</summary>
internal sealed class LoopWorld
{
    private const double DailyDrift = 0.03;
    private const double ShiftsPerDay = 1.0 / 30;
    private const double LateListeners = 0.25;

    /// <summary>
    /// Spread of what title and cover add to the logit of being opened. Of the 862 playlists in Deezer's carousel study, whose
    /// fitted weights are public (Bendada, Salha, Bontempelli 2020), the constant weights have this deviation.
    /// </summary>
    private const double AttractionSpread = 0.75;

    private readonly float[] _tastes;
    private readonly int[] _joinsOn;
    private readonly int[] _publishedOn;
    private readonly double[] _attraction;
    private int _day;

    public LoopWorld(LoopOptions options)
    {
        Options = options;
        Synthetic = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = options.Listeners,
            Tracks = options.Tracks,
            Artists = Math.Max(1, options.Tracks / 10),
            Playlists = options.Playlists,
            Communities = options.Communities,
            Seed = options.Seed,
            AsOf = Start,
        });
        var playlists = new SyntheticPlaylists(Synthetic);
        Playlists = [.. Enumerable.Range(0, options.Playlists).Select(playlists.Make)];
        Follows = [.. Enumerable.Range(0, options.Listeners).Select(listener => playlists.FollowsOf(listener).Order().ToArray())];
        _tastes = new float[options.Listeners * Latent.Dimension];
        var random = Seeds.For(options.Seed, 100);
        _joinsOn = [.. Enumerable.Range(0, options.Listeners).Select(_ => random.NextDouble() < LateListeners ? random.Next(options.Days) : 0)];
        _publishedOn = [.. Enumerable.Range(0, options.Playlists).Select(_ => random.NextDouble() < options.NewPlaylists ? 1 + random.Next(options.Days) : 0)];
        random = Seeds.For(options.Seed, 105);
        _attraction = [.. Enumerable.Range(0, options.Playlists).Select(_ => AttractionSpread * Latent.Gaussian(random))];
        for (var listener = 0; listener < options.Listeners; listener++)
        {
            Synthetic.TasteOf(listener).CopyTo(Latent.Row(_tastes, listener));
        }
    }

    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public LoopOptions Options { get; }

    public SyntheticWorld Synthetic { get; }

    /// <summary>All playlists, published or not.</summary>
    public IReadOnlyList<Playlist> Playlists { get; }

    /// <summary>For each listener, the playlists followed before the loop begins.</summary>
    public IReadOnlyList<int[]> Follows { get; }

    /// <summary>The day on which a listener comes for the first time; 0 for those who have a history.</summary>
    public int JoinsOn(int listener) => _joinsOn[listener];

    public int PublishedOn(int playlist) => _publishedOn[playlist];

    /// <summary>What a playlist's title and cover add to the logit of being opened, whoever sees it. Nobody tells the service.</summary>
    public double AttractionOf(int playlist) => _attraction[playlist];

    /// <summary>A listener's lasting taste today, unit length.</summary>
    public ReadOnlySpan<float> TasteOf(int listener) => Latent.Row(_tastes, listener);

    /// <summary>Goes on to a day; never back. Everybody drifts a little, and now and then somebody discovers another's taste.</summary>
    public void GoTo(int day)
    {
        for (; _day < day; _day++)
        {
            var random = Seeds.For(Options.Seed, 101, _day);
            for (var listener = 0; listener < Options.Listeners; listener++)
            {
                var taste = Latent.Row(_tastes, listener);
                var other = random.Next(Options.Listeners);
                if (random.NextDouble() < ShiftsPerDay)
                {
                    TensorPrimitives.MultiplyAdd(Synthetic.TasteOf(other), 0.8f, taste, taste);
                }

                Latent.AddNoise(taste, DailyDrift, random);
                Latent.Normalize(taste);
            }
        }
    }
}
