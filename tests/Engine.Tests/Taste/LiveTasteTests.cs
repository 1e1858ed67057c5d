using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using static Buddies.Engine.Tests.Taste.TasteWorld;

namespace Buddies.Engine.Tests.Taste;

public sealed class LiveTasteTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(8, 40, 1.0, 0.01, 0.5, 180)]
    [InlineData(16, 300, 0.1, 0.003, 1.0, 180)]
    [InlineData(33, 60, 0.3, 0.1, 0.0, 30)]
    [InlineData(64, 500, 1.0, 0.01, 0.5, 90)]
    [InlineData(9, 12, 0.0, 0.5, 1.0, 365)]
    public void Solve_AfterAnySequence_EqualsDerivingFromScratch(int d, int tracks, double alpha, double lambda, double nu, int halfLifeDays)
    {
        var model = MakeModel(new Random(d), tracks, d, new FoldInParameters(alpha, lambda, nu));
        var transform = TasteTransform.Default with { TasteHalfLife = TimeSpan.FromDays(halfLifeDays) };
        Property.ForSequences(TasteStep.Among(tracks), 120, 150, steps => Run(model, transform, steps));
    }

    [Fact]
    public void Solve_OtherTransforms_EqualsDerivingFromScratch()
    {
        var model = MakeModel(new Random(5), 50, 12, new FoldInParameters(1, 0.01, 0.5));
        foreach (var power in (double[])[0, 0.25, 1])
        {
            var transform = TasteTransform.Default with { EvidencePower = power, LikeConfidence = 20 * power, HideConfidence = 1 };
            Property.ForSequences(TasteStep.Among(50), 60, 150, steps => Run(model, transform, steps));
        }
    }

    /// <summary>A play after a long silence outweighs all the rest of the sums by 2^gap; hiding it must not leave its rounding behind.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(25)]
    [InlineData(45)]
    [InlineData(60)]
    [InlineData(70)]
    public void Solve_PlayAfterSilenceTakenBack_EqualsDerivingFromScratch(int halfLives)
    {
        var model = MakeModel(new Random(3), 20, 8, new FoldInParameters(1, 0.01, 0.5), knownShare: 1);
        foreach (var power in (double[])[0.5, 1])
        {
            var transform = TasteTransform.Default with { TasteHalfLife = TimeSpan.FromDays(30), EvidencePower = power };
            TasteStep Step(EventKind kind, int target, int gapDays) => new(kind, target, TimeSpan.FromDays(gapDays), null, 1, true);
            Run(model, transform,
            [
                Step(EventKind.Listen, 0, 0), Step(EventKind.Listen, 1, 1), Step(EventKind.Listen, 2, 1), Step(EventKind.Listen, 1, 0),
                Step(EventKind.Listen, 3, 30 * halfLives), Step(EventKind.Hide, 3, 0), Step(EventKind.Listen, 4, -30 * halfLives),
                Step(EventKind.Unhide, 3, 0), Step(EventKind.Listen, 5, 30 * halfLives), Step(EventKind.Hide, 5, 0), Step(EventKind.Hide, 3, 0),
            ]);
        }
    }

    [Fact]
    public void Solve_WithEviction_EqualsDerivingFromScratch()
    {
        var model = MakeModel(new Random(4), 2400, 8, new FoldInParameters(0.1, 0.01, 0.5));
        var random = new Random(4);
        var steps = Enumerable.Range(0, 2400)
            .Select(track => new TasteStep(
                random.Next(20) == 0 ? EventKind.Like : EventKind.Listen, track, TimeSpan.FromMinutes(random.Next(90)), null, 1, track % 400 == 399 || track is > 2040 and < 2060))
            .ToArray();
        Assert.Equal(UserTaste.MaxTracks, Run(model, TasteTransform.Default, steps).TrackCount);
    }

    [Fact]
    public void Solve_AllEventsShiftedInTime_StaysTheSame()
    {
        var model = MakeModel(new Random(6), 40, 16, new FoldInParameters(1, 0.01, 0.5));
        Property.ForSequences(TasteStep.Among(40), 60, 60, steps =>
        {
            var expected = VectorAfter(model, steps, TimeSpan.Zero);
            foreach (var shift in (TimeSpan[])[TimeSpan.FromDays(-1000), TimeSpan.FromHours(7.3), TimeSpan.FromDays(4321)])
            {
                var difference = DenseReference.FindDifference([.. expected.Select(value => (double)value)], VectorAfter(model, steps, shift), 1e-6);
                Assert.True(difference is null, $"Shifted by {shift}: {difference}");
            }
        });
    }

    [Fact]
    public void Derive_RandomFacts_EqualsDenseElimination()
    {
        var model = MakeModel(new Random(7), 60, 10, new FoldInParameters(0.5, 0.02, 0.7));
        Property.ForSequences(TasteStep.Among(60), 60, 60, steps =>
        {
            var facts = Run(model, TasteTransform.Default, steps);
            var mean = facts.ComputeMeanEvidence();
            var (rows, confidences, preferences) = (new List<int>(), new List<float>(), new List<float>());
            foreach (ref readonly var fact in facts.Tracks)
            {
                var (confidence, preference) = facts.Weigh(fact, mean);
                if (model.RowOf(fact.Track) is >= 0 and var row && confidence > 0)
                {
                    rows.Add(row);
                    confidences.Add((float)confidence * model.TrackWeights[row]);
                    preferences.Add((float)preference);
                }
            }

            var expected = DenseReference.Solve(model.TrackFactors, 10, [.. rows], [.. confidences], [.. preferences], model.Parameters);
            Assert.Null(DenseReference.FindDifference(expected, Derive(facts, model), Tolerance));
        });
    }

    [Fact]
    public void DeriveSession_PlaysOfTheHour_PointAtThemAndFade()
    {
        var model = MakeModel(new Random(8), 20, 8, new FoldInParameters(0.1, 0.01, 0.5), knownShare: 1);
        var facts = new UserTaste(TasteTransform.Default);
        var (system, vector) = (new FoldInSystem(8), new float[8]);
        Assert.Equal(0, LiveTaste.DeriveSession(facts, model, 0, system, vector));
        Assert.All(vector, value => Assert.Equal(0, value));

        facts.Apply(TrackEvent(EventKind.Listen, 3, TimeSpan.Zero), new TrackIndex(3), null);
        Assert.Equal(1, LiveTaste.DeriveSession(facts, model, facts.NewestAtMs, system, vector), 6);
        var match = 0f;
        for (var j = 0; j < 8; j++)
        {
            match += vector[j] * model.TrackFactors[(model.RowOf(3) * 8) + j];
        }

        Assert.InRange(match, 0.3f, 1f);
        Assert.Equal(0.5, LiveTaste.DeriveSession(facts, model, facts.NewestAtMs + (30 * 60_000), system, vector), 6);
        Assert.Equal(0, LiveTaste.DeriveSession(facts, model, facts.NewestAtMs + (24 * 3_600_000), system, vector));
        Assert.All(vector, value => Assert.Equal(0, value));
    }

    private static UserTaste Run(ServingModel model, TasteTransform transform, TasteStep[] steps)
    {
        var live = new LiveTaste(new UserTaste(transform), model);
        var (system, at) = (new FoldInSystem(model.Dimension), TimeSpan.Zero);
        for (var i = 0; i <= steps.Length; i++)
        {
            if (i == steps.Length || steps[i].Solve)
            {
                var actual = new float[model.Dimension];
                live.Solve(system, actual);
                var difference = DenseReference.FindDifference([.. Derive(live.Facts, model).Select(value => (double)value)], actual, Tolerance);
                Assert.True(difference is null, $"Before step {i} of {steps.Length}: {difference}");
            }

            if (i < steps.Length)
            {
                var (e, track, playlist) = steps[i].At(at += steps[i].Gap);
                live.Apply(e, track, playlist);
            }
        }

        return live.Facts;
    }

    private static float[] VectorAfter(ServingModel model, TasteStep[] steps, TimeSpan at)
    {
        var live = new LiveTaste(new UserTaste(TasteTransform.Default), model);
        foreach (var step in steps)
        {
            var (e, track, playlist) = step.At(at += step.Gap);
            live.Apply(e, track, playlist);
        }

        var vector = new float[model.Dimension];
        live.Solve(new FoldInSystem(model.Dimension), vector);
        return vector;
    }

    private static float[] Derive(UserTaste facts, ServingModel model)
    {
        var vector = new float[model.Dimension];
        LiveTaste.Derive(facts, model, new FoldInSystem(model.Dimension), vector);
        return vector;
    }
}
