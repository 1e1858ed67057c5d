namespace Buddies.Cli.Bench;

/// <summary>A list as it was stored at some moment.</summary>
/// <param name="State">After how many moves.</param>
/// <param name="User">Whose.</param>
/// <param name="List">Best first.</param>
internal readonly record struct ListSample(int State, int User, int[] List);

/// <summary>
/// Samples evenly from a stream of moves whose length nobody knows: whenever there are too many, every other one goes, and
/// from then on twice as many moves lie between two.
/// </summary>
internal sealed class ListSamples
{
    /// <summary>There are this many at least, if there were as many moves, and less than twice as many.</summary>
    public const int Fewest = 500;

    private readonly List<ListSample> _samples = new(2 * Fewest);
    private int _stride = 1;
    private int _seen;

    /// <summary>The samples in order.</summary>
    public IReadOnlyList<ListSample> Samples => _samples;

    /// <summary>Counts calls in.</summary>
    /// <returns>Whether a sample is to be taken now.</returns>
    public bool Next() => _seen++ % _stride == 0;

    /// <summary>Takes a sample.</summary>
    public void Add(ListSample sample)
    {
        _samples.Add(sample);
        if (_samples.Count < 2 * Fewest)
        {
            return;
        }

        for (var i = 0; i < Fewest; i++)
        {
            _samples[i] = _samples[2 * i];
        }

        _samples.RemoveRange(Fewest, _samples.Count - Fewest);
        _stride *= 2;
    }
}
