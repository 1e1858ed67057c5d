using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Engine.Taste;

/// <summary>
/// A listener's facts together with their normal equations under one model: each event is a rank-one update and a solve.
/// Exactly what <see cref="Derive"/> gives from the same facts, up to rounding.
/// </summary>
/// <remarks>Not thread-safe. One of these takes two d×d matrices, so only listeners who are listening have one.</remarks>
public sealed class LiveTaste
{
    private readonly FoldInSystem _system;
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
        _system = new FoldInSystem(model.Dimension);
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
        var row = track is { } t ? Model.RowOf(t.Value) : -1;
        var before = row >= 0 && !_stale ? WeighOf(track!.Value, row) : default;
        var change = Facts.Apply(@event, track, playlist);

        // A new day changes every weight, and a fact that gave way is gone: both start the sums anew.
        if (change.ReferenceMoved || change.Evicted)
        {
            _stale = true;
        }
        else if (change.TrackChanged && row >= 0 && !_stale)
        {
            var after = WeighOf(track!.Value, row);
            var factors = Model.TrackFactors.Slice(row * Model.Dimension, Model.Dimension);
            _system.Add(
                factors,
                (double)after.Confidence - before.Confidence,
                ((double)after.Confidence * after.Preference) - ((double)before.Confidence * before.Preference));
            _factCount += (after.Confidence > 0 ? 1 : 0) - (before.Confidence > 0 ? 1 : 0);
        }

        return change;
    }

    /// <summary>Solves for the taste vector.</summary>
    /// <param name="vector">Destination, [d]; zero when no fact counts.</param>
    public void Solve(Span<float> vector)
    {
        if (_stale)
        {
            _factCount = Load(_system, Facts, Model);
            _stale = false;
        }

        Finish(_system, _factCount, Model, vector);
    }

    /// <summary>Derives the taste vector from facts, from scratch.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="model">The model.</param>
    /// <param name="system">Scratch space of the model's dimension.</param>
    /// <param name="vector">Destination, [d]; zero when no fact counts.</param>
    public static void Derive(UserTaste facts, ServingModel model, FoldInSystem system, Span<float> vector)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(system);
        Finish(system, Load(system, facts, model), model, vector);
    }

    /// <summary>Derives the session vector: the same solve over what was played within the last hours.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="model">The model.</param>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    /// <param name="system">Scratch space of the model's dimension.</param>
    /// <param name="vector">Destination, [d]; zero when there is no session.</param>
    /// <returns>How many tracks make up the session.</returns>
    public static int DeriveSession(UserTaste facts, ServingModel model, long nowMs, FoldInSystem system, Span<float> vector)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(system);
        const double LeastConfidence = 0.05;
        system.Reset(model.ScaledGram);
        var count = 0;
        foreach (ref readonly var fact in facts.Tracks)
        {
            var row = model.RowOf(fact.Track);
            if (row < 0 || fact.Session <= 0)
            {
                continue;
            }

            var confidence = facts.WeighSession(fact, nowMs);
            if (confidence >= LeastConfidence)
            {
                confidence *= model.TrackWeights[row];
                system.Add(model.TrackFactors.Slice(row * model.Dimension, model.Dimension), confidence, confidence);
                count++;
            }
        }

        Finish(system, count, model, vector);
        return count;
    }

    private static int Load(FoldInSystem system, UserTaste facts, ServingModel model)
    {
        system.Reset(model.ScaledGram);
        var count = 0;
        foreach (ref readonly var fact in facts.Tracks)
        {
            var row = model.RowOf(fact.Track);
            if (row < 0)
            {
                continue;
            }

            var (confidence, preference) = Round(facts.Weigh(fact), model.TrackWeights[row]);
            if (confidence > 0)
            {
                system.Add(model.TrackFactors.Slice(row * model.Dimension, model.Dimension), confidence, (double)confidence * preference);
                count++;
            }
        }

        return count;
    }

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

    private (float Confidence, float Preference) WeighOf(TrackIndex track, int row) =>
        Facts.TryGetTrack(track, out var fact) ? Round(Facts.Weigh(fact), Model.TrackWeights[row]) : default;

    // The trainer stores weights in single precision; serving rounds alike, so that both solve the same equations.
    private static (float Confidence, float Preference) Round((double Confidence, double Preference) weight, float trackWeight) =>
        ((float)weight.Confidence * trackWeight, (float)weight.Preference);
}
