using Buddies.Engine.Taste;

namespace Buddies.Training.Evaluation;

/// <summary>
/// Cosine of ln(1 + plays)·ln(N/n) over tracks, without any factors (Salton and Buckley 1988): the classic that factors
/// must beat.
/// </summary>
internal sealed class LogTfIdf
{
    private readonly (int Track, float Value)[][] _rows;
    private readonly List<(int Listener, float Value)>[] _columns;

    /// <param name="tastes">[pool]; null for a listener without facts.</param>
    /// <param name="trackCount">Positions of the catalogue.</param>
    public LogTfIdf(UserTaste?[] tastes, int trackCount)
    {
        var listenersOf = new int[trackCount];
        foreach (var taste in tastes)
        {
            foreach (ref readonly var fact in taste is null ? [] : taste.Tracks)
            {
                listenersOf[fact.Track] += fact.For > 0 ? 1 : 0;
            }
        }

        var listenerCount = tastes.Count(taste => taste is not null);
        _rows = Array.ConvertAll(tastes, taste => MakeRow(taste, listenersOf, listenerCount));
        _columns = [.. Enumerable.Range(0, trackCount).Select(_ => new List<(int, float)>())];
        for (var listener = 0; listener < _rows.Length; listener++)
        {
            foreach (var (track, value) in _rows[listener])
            {
                _columns[track].Add((listener, value));
            }
        }
    }

    /// <summary>As <see cref="ScoreListener"/>.</summary>
    public void Score(int listener, Span<float> scores)
    {
        scores.Clear();
        foreach (var (track, value) in _rows[listener])
        {
            foreach (var (other, otherValue) in _columns[track])
            {
                scores[other] += value * otherValue;
            }
        }
    }

    private static (int Track, float Value)[] MakeRow(UserTaste? taste, int[] listenersOf, int listenerCount)
    {
        var row = new List<(int Track, float Value)>();
        foreach (ref readonly var fact in taste is null ? [] : taste.Tracks)
        {
            if (fact.For > 0)
            {
                row.Add((fact.Track, (float)(Math.Log(1 + fact.For) * Math.Log(listenerCount / (double)listenersOf[fact.Track]))));
            }
        }

        var norm = Math.Sqrt(row.Sum(entry => (double)entry.Value * entry.Value));
        return [.. row.Select(entry => (entry.Track, norm > 0 ? (float)(entry.Value / norm) : 0))];
    }
}
