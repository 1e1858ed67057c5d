using Buddies.Engine.Serving;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Ranking;

/// <summary>What a listener's facts say of every track through links: sums that a new fact adds one sparse row to.</summary>
/// <remarks>
/// One user at a time. Allocates where there are more tracks than ever before, else nothing. What was touched is known by blocks
/// of 256 tracks, so that a listener of few facts leaves little to clear. The additions are a scatter, which AVX2 has no instruction for.
/// </remarks>
public sealed class LinkScores
{
    private const int BlockShift = 8;

    private float[] _sums = [];
    private bool[] _touched = [];
    private int _trackCount;
    private double _mass;
    private LinkParameters? _parameters;

    /// <summary>m: what all facts count together.</summary>
    public double Mass => _mass;

    /// <summary>m^−β: what a sum is multiplied by; 0 without facts that count.</summary>
    public float Scale => _parameters?.ScaleOf(_mass) ?? 0;

    /// <summary>[tracks], Σ x·L; times <see cref="Scale"/> it is the links' part of a score.</summary>
    public ReadOnlySpan<float> Sums => _sums.AsSpan(0, _trackCount);

    /// <summary>Begins anew for another listener, or another model.</summary>
    /// <param name="links">The model's links; with none, all sums stay 0.</param>
    /// <param name="trackCount">Rows of the model.</param>
    public void Begin(in TrackLinks links, int trackCount)
    {
        for (var block = 0; block < _touched.Length; block++)
        {
            if (_touched[block])
            {
                var from = block << BlockShift;
                _sums.AsSpan(from, Math.Min(1 << BlockShift, _sums.Length - from)).Clear();
                _touched[block] = false;
            }
        }

        if (trackCount > _sums.Length)
        {
            _sums = new float[trackCount];
            _touched = new bool[(trackCount >> BlockShift) + 1];
        }

        (_trackCount, _mass, _parameters) = (trackCount, 0, links.Parameters);
    }

    /// <summary>Adds a fact.</summary>
    /// <param name="links">The links that <see cref="Begin"/> was given.</param>
    /// <param name="track">The fact's track, a row of the model.</param>
    /// <param name="count">x, from <see cref="LinkParameters.CountOf"/>; negative takes it out again, up to rounding.</param>
    public void Add(in TrackLinks links, int track, float count)
    {
        links.Of(track, out var targets, out var weights);
        var sums = _sums.AsSpan(0, _trackCount);
        var touched = _touched;
        for (var i = 0; i < targets.Length && i < weights.Length; i++)
        {
            var target = targets[i];
            sums[target] += count * weights[i];
            touched[target >> BlockShift] = true;
        }

        _mass += count;
    }

    /// <summary>Begins anew with all facts of a listener.</summary>
    /// <param name="model">The model whose links they are; tracks that it does not know count for nothing.</param>
    /// <param name="facts">The facts, as the taste vector is derived of them.</param>
    public void Fill(ServingModel model, UserTaste facts)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(facts);
        var links = model.Links;
        Begin(links, model.TrackCount);
        if (links.Parameters is not { } parameters)
        {
            return;
        }

        Span<double> totals = stackalloc double[facts.TrackCount];
        var mean = facts.ComputeMeanEvidence(totals);
        for (var i = 0; i < facts.TrackCount; i++)
        {
            ref readonly var fact = ref facts.Tracks[i];
            if (model.RowOf(fact.Track) is var row and >= 0)
            {
                var (confidence, preference) = facts.Weigh(fact, totals[i], mean);
                var count = parameters.CountOf(confidence / facts.Transform.ConfidenceScale, preference);
                if (count > 0)
                {
                    Add(links, row, count);
                }
            }
        }
    }

    /// <summary>The served score of a track.</summary>
    /// <param name="model">The model that this was filled for.</param>
    /// <param name="unit">The listener's taste vector, [d], unit length or zero.</param>
    /// <param name="track">A row of the model.</param>
    /// <returns>a·⟨u, y⟩ + m^−β·Σ x·L; ⟨u, y⟩ where the model has no links.</returns>
    public float ScoreOf(ServingModel model, ReadOnlySpan<float> unit, int track)
    {
        ArgumentNullException.ThrowIfNull(model);
        var match = System.Numerics.Tensors.TensorPrimitives.Dot(unit, model.TrackFactors.Slice(track * model.Dimension, model.Dimension));
        return _parameters is { } parameters
            ? (float)(parameters.FactorWeight * match) + (parameters.ScaleOf(_mass) * _sums[track])
            : match;
    }
}
