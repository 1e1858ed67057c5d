using Buddies.Engine.Bandits;

namespace Buddies.Training.ClosedLoop;

/// <summary>
/// Chance as it falls in one visit: each thing that may happen has a number of its own, drawn from what it is and not from what
/// went before. Under two policies the same card in the same visit meets the same noise (common random numbers), so that what
/// differs between them is what they show.
/// </summary>
internal readonly struct LoopChance
{
    private readonly ulong _visit;

    private LoopChance(ulong visit) => _visit = visit;

    private enum Of : ulong
    {
        Appeal = 1,
        Open,
        Hearing,
        Skipping,
        Start,
        NextCard,
        NextShelf,
        Reaction,
        Judgement,
        OwnPlays,
    }

    /// <summary>The chance of a listener's visit in a world.</summary>
    public static LoopChance At(int seed, int listener, long visit) =>
        new(Draws.Mix(Draws.Mix(((ulong)(uint)seed << 32) + (uint)listener) + (ulong)visit));

    /// <summary>Noise of the impression that a card makes, standard normal.</summary>
    public double Appeal(int view, int playlist)
    {
        var draws = Draw(Of.Appeal, view, playlist);

        // Box and Muller 1958.
        return Math.Sqrt(-2 * Math.Log(1 - draws.NextDouble())) * Math.Cos(2 * Math.PI * draws.NextDouble());
    }

    /// <summary>Whether the visit begins with plays of one's own: where it is below their share.</summary>
    public double OwnPlays() => Draw(Of.OwnPlays, 0, 0).NextDouble();

    public double Open(int view, int playlist) => Draw(Of.Open, view, playlist).NextDouble();

    public double NextCard(int view, int shelf, int card) => Draw(Of.NextCard, view, (shelf << 16) + card).NextDouble();

    public double NextShelf(int view, int shelf) => Draw(Of.NextShelf, view, shelf).NextDouble();

    /// <summary>Where in a playlist somebody begins, 0 to its length − 1.</summary>
    public int Start(int view, int playlist, int length) => (int)(Draw(Of.Start, view, playlist).NextDouble() * length);

    public double Hearing(int view, int track) => Draw(Of.Hearing, view, track).NextDouble();

    /// <summary>After how many milliseconds a track is left.</summary>
    public int Skipping(int view, int track) => 3_000 + (int)(Draw(Of.Skipping, view, track).NextDouble() * 26_000);

    public double Reaction(int view, int track) => Draw(Of.Reaction, view, track).NextDouble();

    public double Judgement(int view, int playlist) => Draw(Of.Judgement, view, playlist).NextDouble();

    private Draws Draw(Of kind, int view, int what) =>
        new(Draws.Mix(_visit + ((ulong)kind << 56) + ((ulong)(uint)view << 40)) + (uint)what);
}
