using System.Numerics.Tensors;
using Buddies.Engine.Events;
using Buddies.Training.Synth;

namespace Buddies.Training.ClosedLoop;

/// <summary>
/// A listener of known taste. What is liked depends on the lasting taste, on the mood of the hour, and on how often a track was
/// heard of late; what is opened depends on what it seems to hold and on how often it was passed over. None of this is told
/// to the service.
/// </summary>
internal sealed class LoopListener(LoopWorld world, int number)
{
    private const float MoodShare = 0.5f;
    private const double BoredomOfListen = 0.25;
    private const double BoredomOfSkip = 0.1;
    private const double ImpressionNoise = 0.1;
    private const double OpensHalfAt = 0.75;
    private const double Fatigue = 0.8;
    private const double LikesAbove = 0.55;
    private static readonly double s_boredomHalfLifeMs = TimeSpan.FromDays(5).TotalMilliseconds;

    private readonly TasteSampler _sampler = new(world.Synthetic.Tracks);
    private readonly float[] _ear = new float[Latent.Dimension];
    private readonly Dictionary<int, (double Level, long AtMs)> _boredom = [];
    private readonly Dictionary<int, double> _passedOver = [];

    public int Number => number;

    /// <summary>Every track ever heard to its end.</summary>
    public HashSet<int> Heard { get; } = [];

    /// <summary>Begins a session in a mood.</summary>
    public void BeginSession(Random random)
    {
        var taste = world.TasteOf(number);
        _sampler.Take(taste);
        var mood = Latent.Row(world.Synthetic.Tracks.Centres, _sampler.DrawGenre(random));
        TensorPrimitives.MultiplyAdd(mood, MoodShare, taste, _ear);
        Latent.Normalize(_ear);
        _sampler.Take(_ear);
    }

    /// <summary>A track that comes from elsewhere: a search, a friend, the radio.</summary>
    public int DrawOwn(Random random) => _sampler.DrawTrack(_sampler.DrawGenre(random), random);

    /// <summary>Plays a track to its end, or leaves it early the likelier the less it fits now.</summary>
    public (bool IsHeard, double Liking) Play(int track, long atMs, double chance)
    {
        var liking = LikingOf(track, atMs);
        var isHeard = chance >= 1 / (1 + Math.Exp(8 * (liking - 0.3)));
        _boredom[track] = (BoredomOf(track, atMs) + (isHeard ? BoredomOfListen : BoredomOfSkip), atMs);
        if (isHeard)
        {
            Heard.Add(track);
        }

        return (isHeard, liking);
    }

    /// <summary>Whether a card that is seen gets opened.</summary>
    public bool Opens(int playlist, ReadOnlySpan<int> tracks, long atMs, int view, LoopChance chance)
    {
        var appeal = 0.0;
        foreach (var track in tracks)
        {
            appeal += LikingOf(track, atMs);
        }

        appeal = (appeal / tracks.Length) + (ImpressionNoise * chance.Appeal(view, playlist));
        var logit = (10 * (appeal - OpensHalfAt)) + world.AttractionOf(playlist);
        var passed = _passedOver.GetValueOrDefault(playlist);
        var isOpened = chance.Open(view, playlist) < Math.Pow(Fatigue, passed) / (1 + Math.Exp(-logit));
        _passedOver[playlist] = isOpened ? 0 : passed + 1;
        return isOpened;
    }

    /// <summary>A night passes: what was passed over is half forgotten in a week.</summary>
    public void Sleep()
    {
        foreach (var playlist in _passedOver.Keys.ToArray())
        {
            _passedOver[playlist] *= 0.9;
        }
    }

    /// <summary>What is done besides playing, if anything.</summary>
    public static EventKind? ReactTo(bool isHeard, double liking, double chance) =>
        isHeard && liking > LikesAbove && chance < 0.15 ? EventKind.Like
        : !isHeard && liking < 0 && chance < 0.1 ? EventKind.Hide
        : null;

    /// <summary>What is done with a playlist after it was played from.</summary>
    public static EventKind? Judge(int heard, int skipped, double chance) =>
        heard >= 4 && chance < 0.3 ? EventKind.Follow
        : heard == 0 && skipped >= 2 && chance < 0.15 ? EventKind.Hide
        : null;

    private double LikingOf(int track, long atMs) =>
        TensorPrimitives.Dot<float>(_ear, world.Synthetic.Tracks.Vector(track)) - BoredomOf(track, atMs);

    private double BoredomOf(int track, long atMs) => _boredom.TryGetValue(track, out var bored)
        ? bored.Level * double.Exp2((bored.AtMs - atMs) / s_boredomHalfLifeMs)
        : 0;
}
