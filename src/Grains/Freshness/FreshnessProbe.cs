using System.Globalization;
using System.Numerics.Tensors;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Grains.World;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.Freshness;

/// <summary>
/// Measures how fresh the answers of this silo are: goes the way of a play, to the disk, into the cells, through buddies and
/// page to a subscription, as a listener of its own who has a place there and nothing else.
/// </summary>
/// <remarks>
/// No event, no checkpoint, no grain: it is in no count, no training and no export, and being invisible it is nobody's
/// buddy. What is written durably is one small setting, always the same. One probe at a time.
/// </remarks>
internal sealed partial class FreshnessProbe(
    SiloWorld world, SiloReadiness readiness, IGrainFactory grains, GrainMetrics metrics, ILogger<FreshnessProbe> logger)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>One late probe is a moment; so many in a row are an illness.</summary>
    private const int MissesToBeIll = 3;

    private readonly LiveInbox _inbox = new();
    private IHomeObserver? _observer;
    private int _position = -1;
    private int _number;
    private volatile FreshnessState? _state;

    /// <summary>How each part of this silo is, as far as it knows; never blocks.</summary>
    public IReadOnlyList<HealthPart> Health
    {
        get
        {
            var state = _state;
            var isStoreIll = state is { Result: FreshnessResult.Failed, Part: "store" };
            var version = world.Version.Value;
            List<HealthPart> parts =
            [
                new("recommender", readiness.IsReady, readiness.Stage),
                new("store", !isStoreIll, isStoreIll ? "the latest probe could not be made durable" : "writes are durable"),
                new("model", version > 0, version > 0 ? $"version {version} serves" : "none yet: everybody gets the most followed playlists"),
            ];
            if (world.Options.FreshnessInterval > TimeSpan.Zero)
            {
                parts.Add(new("freshness", state is null || state.Misses < MissesToBeIll, Describe(state)));
            }

            return parts;
        }
    }

    /// <summary>One probe.</summary>
    public async Task<FreshnessState> ProbeAsync(CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        giveUp.CancelAfter(s_patience);
        var part = "store";
        try
        {
            var start = world.Time.GetTimestamp();
            await world.Store.Settings.SetAsync(
                "freshness.probe", world.Time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), giveUp.Token).ConfigureAwait(false);
            var durable = world.Time.GetElapsedTime(start);
            part = "cells";
            if (Play() is not { } played)
            {
                return Note(FreshnessResult.NoModel, "model", null);
            }

            part = "push";
            await PushAsync(played.Page, giveUp.Token).ConfigureAwait(false);
            var latency = world.Time.GetElapsedTime(start);
            metrics.OnProbed(durable, world.Time.GetElapsedTime(start, played.VectorAt), world.Time.GetElapsedTime(start, played.BuddiesAt), latency);
            return played.Stale is { } stale ? Note(FreshnessResult.Failed, stale, latency)
                : latency <= world.Options.FreshnessObjective ? Note(FreshnessResult.Fresh, "", latency)
                : Note(FreshnessResult.Late, durable > latency / 2 ? "store" : "cells", latency);
        }
        catch (Exception e) when (ClusterFailures.IsPassing(e) && !cancellationToken.IsCancellationRequested)
        {
            return Note(FreshnessResult.Failed, part, null);
        }
    }

    /// <summary>Moves, and makes a page of the buddies there; null without a model that knows a track.</summary>
    private Played? Play()
    {
        using var lease = world.Take(CanaryPlay.User);
        _number++;
        if (lease.Version is not { } version
            || CanaryPlay.Make(version.Snapshot, version.Model, world.Catalogue, world.Options.Transform, _number, world.Time.GetUtcNow()) is not (var facts, var unit))
        {
            return null;
        }

        _position = _position < 0 ? world.Users.Reserve() : _position;
        var cells = version.Cells;
        if (!unit.ContainsAnyExcept(0f))
        {
            return new Played(HomePageOf([]), world.Time.GetTimestamp(), world.Time.GetTimestamp(), "vector"); // The model says nothing of the track.
        }

        cells.Move(_position, unit);
        cells.SetInvisible(_position, true);
        var vectorAt = world.Time.GetTimestamp();
        cells.Activate(_position);
        version.Probe = _position;
        var (users, similarities) = (new int[world.Options.Buddies], new float[world.Options.Buddies]);
        var near = new List<NearListener>();
        for (var i = 0; i < cells.Read(_position, users, similarities); i++)
        {
            if (world.Users.Find(users[i]) is { } other)
            {
                near.Add(new NearListener(new UserIndex(other.Index), other.Id, similarities[i]));
            }
        }

        var buddiesAt = world.Time.GetTimestamp();
        var placed = new float[unit.Length];
        var isPlaced = cells.CopyVector(_position, placed) && TensorPrimitives.Distance<float>(placed, unit) <= 2 * RoundingOf(unit.Length);
        return new Played(
            HomePageOf(near), vectorAt, buddiesAt, !isPlaced ? "vector" : near.Count == 0 && world.Users.Count > 0 && cells.Residents > 1 ? "buddies" : null);

        HomePage HomePageOf(List<NearListener> buddies) => HomeBuilder.Build(
            new HomeInputs
            {
                User = CanaryPlay.User,
                Facts = facts,
                Model = version.Model,
                Catalogue = world.Catalogue,
                Taste = unit,
                Session = new float[unit.Length],
                Buddies = buddies,
                Popular = world.Popular.Top,
                Known = world.Users,
                Weights = world.Options.Weights,
            },
            HomeRequest.Default,
            _number);
    }

    /// <summary>By the cluster's own messages, as to every reader of a live stream.</summary>
    private async Task PushAsync(HomePage page, CancellationToken cancellationToken)
    {
        _observer ??= grains.CreateObjectReference<IHomeObserver>(_inbox);
        await _observer.PushAsync(new LivePush(new HomeUpdate(page, null), null, IsErased: false)).ConfigureAwait(false);
        while (true)
        {
            while (_inbox.TryTake(out var update))
            {
                if (update.Sequence >= page.Sequence)
                {
                    return;
                }
            }

            _ = await _inbox.WaitAsync(s_patience, world.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>By how much a place may differ from the vector: it is kept in sixteen bits a dimension.</summary>
    private static float RoundingOf(int dimension) => MathF.Sqrt(dimension) / (2 * short.MaxValue);

    private FreshnessState Note(FreshnessResult result, string part, TimeSpan? latency)
    {
        var former = _state;
        var isMiss = result is FreshnessResult.Late or FreshnessResult.Failed;
        var state = new FreshnessState(result, part, latency, isMiss ? (former?.Misses ?? 0) + 1 : 0);
        _state = state;
        metrics.OnProbeResult(result);
        if (result == FreshnessResult.Failed && former?.Result != FreshnessResult.Failed)
        {
            LogFailed(part);
        }

        return state;
    }

    private string Describe(FreshnessState? state)
    {
        var objective = world.Options.FreshnessObjective.TotalMilliseconds;
        return state switch
        {
            null => "not measured yet",
            { Misses: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{state.Misses} probes in a row late or failed, objective {objective} ms; the latest: {state.Part}"),
            { Latency: { } latency } => string.Create(CultureInfo.InvariantCulture, $"{latency.TotalMilliseconds:0.0} ms from event to push, objective {objective} ms"),
            _ => "no model to measure with",
        };
    }

    private readonly record struct Played(HomePage Page, long VectorAt, long BuddiesAt, string? Stale);

    [LoggerMessage(EventId = 4401, Level = LogLevel.Warning, Message = "The freshness probe fails: {Part}")]
    private partial void LogFailed(string part);
}
