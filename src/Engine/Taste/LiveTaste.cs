using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Taste;

/// <summary>
/// A listener's facts together with their normal equations under one model: each event is a rank-one update and a solve.
/// Exactly what <see cref="Derive"/> gives from the same facts, up to rounding.
/// </summary>
/// <remarks>
/// Confidence is a power of evidence over the listener's mean, so a new play rescales every other fact: by one common
/// factor. Evidence is therefore summed unscaled, as of a fixed landmark in time, and scaled once in the solve; likes and
/// hides, which do not scale, are summed apart. Not thread-safe. At d = 64 one of these takes 66 KB, so only listeners who
/// are listening have one.
/// </remarks>
public sealed class LiveTaste
{
    /// <summary>Beyond this many half-lives from the landmark the sums start anew, long before numbers overflow.</summary>
    private const double MaxHalfLives = 64;

    /// <summary>
    /// When the evidence falls to less than this share of the most that was in the sums, what is left of them is too much
    /// rounding and too little evidence: a play after years of silence outweighs all before it, and may be taken back.
    /// </summary>
    private const double LeastShareOfPeak = 1e-6;

    /// <summary>A listener's tracks lie anywhere in the factors: they are fetched so many facts before they are needed.</summary>
    private const int FactsAhead = 6;

    private readonly NormalEquations _marks;
    private readonly NormalEquations _evidence;
    private long _landmarkMs;
    private double _evidenceSum;
    private double _evidencePeak;
    private int _evidenceCount;
    private int _factCount;
    private bool _stale = true;

    /// <summary>Binds facts to a model.</summary>
    /// <param name="facts">The listener's facts.</param>
    /// <param name="model">The model that serves the listener.</param>
    public LiveTaste(UserTaste facts, ServingModel model)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(model);
        Facts = facts;
        Model = model;
        _marks = new NormalEquations(model.Dimension);
        _evidence = new NormalEquations(model.Dimension);
    }

    /// <summary>The listener's facts.</summary>
    public UserTaste Facts { get; }

    /// <summary>The model.</summary>
    public ServingModel Model { get; }

    /// <summary>Applies an event to the facts and to the equations.</summary>
    /// <param name="event">A valid event, new to this listener.</param>
    /// <param name="track">Its track's catalogue position.</param>
    /// <param name="playlist">Its playlist's catalogue position.</param>
    /// <returns>What changed.</returns>
    public TasteChange Apply(in UserEvent @event, TrackIndex? track, PlaylistIndex? playlist)
    {
        TrackFact before = default;
        var wasKnown = track is { } t && Facts.TryGetTrack(t, out before);
        var change = Facts.Apply(@event, track, playlist);
        _stale |= change.Evicted
            || Math.Abs(Facts.NewestAtMs - _landmarkMs) > MaxHalfLives * Facts.Transform.TasteHalfLife.TotalMilliseconds;
        if (change.TrackChanged && !_stale)
        {
            Facts.TryGetTrack(track!.Value, out var after);
            if (wasKnown)
            {
                Count(before, -1);
            }

            Count(after, 1);
            _stale = _evidenceSum < LeastShareOfPeak * _evidencePeak;
        }

        return change;
    }

    /// <summary>Solves for the taste vector.</summary>
    /// <param name="system">Scratch space of the model's dimension.</param>
    /// <param name="vector">Destination, [d]; zero when no fact counts.</param>
    public void Solve(FoldInSystem system, Span<float> vector)
    {
        ArgumentNullException.ThrowIfNull(system);
        if (_stale)
        {
            CountAll();
        }

        if (_factCount == 0)
        {
            vector.Clear();
            return;
        }

        var scale = _evidenceCount > 0 ? Facts.Transform.ConfidenceOf(1, _evidenceSum / _evidenceCount) : 0;
        system.TrySolve(_marks, _evidence, scale, Model.Parameters.RegularizationOf(_factCount, Model.TrackCount), vector);
    }

    /// <summary>Derives the taste vector from facts, from scratch, by the very solve that the trainer uses.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="model">The model.</param>
    /// <param name="system">Scratch space of the model's dimension.</param>
    /// <param name="vector">Destination, [d]; zero when no fact counts.</param>
    public static void Derive(UserTaste facts, ServingModel model, FoldInSystem system, Span<float> vector)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(system);
        system.Reset(model.ScaledGram);
        Span<double> totals = stackalloc double[facts.TrackCount];
        var mean = facts.ComputeMeanEvidence(totals);
        var tracks = facts.Tracks;
        var count = 0;
        for (var i = 0; i < tracks.Length; i++)
        {
            ref readonly var fact = ref tracks[i];
            var row = model.RowOf(fact.Track);
            if (i + FactsAhead < tracks.Length && model.RowOf(tracks[i + FactsAhead].Track) is >= 0 and var next)
            {
                FactorRows.Prefetch(FactorsOf(model, next));
            }

            if (row < 0)
            {
                continue;
            }

            // The trainer keeps weights in single precision; rounding alike makes the equations the same to the last bit.
            var (confidence, preference) = facts.Weigh(fact, totals[i], mean);
            var weight = (float)confidence * model.TrackWeights[row];
            if (weight > 0)
            {
                system.Add(FactorsOf(model, row), weight, (double)weight * (float)preference);
                count++;
            }
        }

        Finish(system, count, model, vector);
    }

    /// <summary>Derives the session vector: the same solve over what was played within the last hours.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="model">The model.</param>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    /// <param name="system">Scratch space of the model's dimension.</param>
    /// <param name="vector">Destination, [d]; zero when there is no session.</param>
    /// <returns>The session's evidence in full plays: how much of a session there is.</returns>
    public static double DeriveSession(UserTaste facts, ServingModel model, long nowMs, FoldInSystem system, Span<float> vector)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(system);
        const double LeastEvidence = 0.05;
        system.Reset(model.ScaledGram);
        var (sum, count) = (0.0, 0);
        foreach (ref readonly var fact in facts.Tracks)
        {
            var row = fact.Session > 0 ? model.RowOf(fact.Track) : -1;
            if (row < 0 || facts.SessionEvidenceOf(fact, nowMs) is not (>= LeastEvidence and var evidence))
            {
                continue;
            }

            var weight = facts.Transform.ConfidenceOf(evidence, 1) * model.TrackWeights[row];
            system.Add(FactorsOf(model, row), weight, weight);
            sum += evidence;
            count++;
        }

        Finish(system, count, model, vector);
        return sum;
    }

    private static ReadOnlySpan<float> FactorsOf(ServingModel model, int row) =>
        model.TrackFactors.Slice(row * model.Dimension, model.Dimension);

    private static void Finish(FoldInSystem system, int factCount, ServingModel model, Span<float> vector)
    {
        if (factCount == 0)
        {
            vector.Clear();
        }
        else
        {
            system.TrySolve(model.Parameters.RegularizationOf(factCount, model.TrackCount), vector);
        }
    }

    private void CountAll()
    {
        _landmarkMs = Facts.NewestAtMs;
        _marks.Reset(Model.ScaledGram);
        _evidence.Reset([]);
        (_evidenceSum, _evidencePeak, _evidenceCount, _factCount) = (0, 0, 0, 0);
        foreach (ref readonly var fact in Facts.Tracks)
        {
            Count(fact, 1);
        }

        _stale = false;
    }

    /// <summary>Puts a fact into the sums, or takes it out.</summary>
    private void Count(in TrackFact fact, int sign)
    {
        var (total, preference) = Facts.EvidenceOf(fact, _landmarkMs);
        if (total > 0)
        {
            _evidenceSum += sign * total;
            _evidencePeak = Math.Max(_evidencePeak, _evidenceSum);
            _evidenceCount += sign;
        }

        var row = Model.RowOf(fact.Track);
        var mark = Facts.WeighMark(fact);
        if (row < 0 || (total <= 0 && mark == 0))
        {
            return;
        }

        _factCount += sign;
        var factors = FactorsOf(Model, row);
        var trackWeight = sign * (double)Model.TrackWeights[row];
        if (total > 0)
        {
            var weight = trackWeight * Facts.Transform.PowerOf(total);
            _evidence.Add(factors, weight, weight * preference);
        }

        if (mark != 0)
        {
            _marks.Add(factors, trackWeight * Math.Abs(mark), trackWeight * mark);
        }
    }
}
