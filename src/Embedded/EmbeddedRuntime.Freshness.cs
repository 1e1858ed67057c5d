using System.Globalization;
using Buddies.Embedded.Freshness;
using Buddies.Engine.Serving;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    /// <summary>A probe that takes longer has failed.</summary>
    private static readonly TimeSpan s_probePatience = TimeSpan.FromSeconds(10);

    /// <summary>One late probe is a moment; so many in a row are an illness.</summary>
    private const int MissesToBeIll = 3;

    private FreshnessCanary? _canary;
    private volatile FreshnessState? _freshness;

    /// <summary>The latest probe of freshness; null before the first, and where none are made.</summary>
    public FreshnessState? Freshness => _freshness;

    /// <summary>What a probe may take; null where none are made.</summary>
    internal TimeSpan? FreshnessObjective => _options.FreshnessInterval > TimeSpan.Zero ? _options.FreshnessObjective : null;

    /// <summary>How each part is at this moment, as far as the runtime knows; never blocks.</summary>
    public IReadOnlyList<HealthPart> Health
    {
        get
        {
            var state = _freshness;
            var isStoreIll = state is { Result: FreshnessResult.Failed, Part: "store" };
            List<HealthPart> parts =
            [
                new("recommender", _ready, _stage),
                new("store", !isStoreIll, isStoreIll ? "the latest probe could not be made durable" : "writes are durable"),
                new("model", Model is not null, Model is { } model ? $"version {model.Version} serves" : "none yet: everybody gets the most followed playlists"),
            ];
            if (FreshnessObjective is { } objective)
            {
                parts.Add(new("freshness", state is null || state.Misses < MissesToBeIll, Describe(state, objective)));
            }

            return parts;
        }
    }

    /// <summary>One probe: an event through the producers' queue to the disk, then vector, buddies, page and push.</summary>
    /// <remarks>One at a time: there is one canary, and one reader of its pages.</remarks>
    internal async Task<FreshnessState> ProbeFreshnessAsync(CancellationToken cancellationToken)
    {
        var canary = _canary ??= new FreshnessCanary(Users.Reserve());
        using var patience = new CancellationTokenSource(s_probePatience, _time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var part = "store";
        try
        {
            var start = _time.GetTimestamp();
            await _pump.ProbeAsync(giveUp.Token).ConfigureAwait(false);
            var durable = _time.GetElapsedTime(start);
            part = "partitions";
            var steps = await _partitions[0].AskAsync(partition => partition.Probe(canary), giveUp.Token).ConfigureAwait(false);
            if (steps is not { } done)
            {
                return Note(FreshnessResult.NoModel, "model", null);
            }

            part = "push";
            while (canary.Subscription.TryTake(out var update, out _) is var isThere && (!isThere || update!.Sequence < canary.Number))
            {
                await canary.Subscription.WaitAsync(giveUp.Token).ConfigureAwait(false);
            }

            var latency = _time.GetElapsedTime(start);
            Metrics.OnProbed(durable, _time.GetElapsedTime(start, done.Vector), _time.GetElapsedTime(start, done.Buddies), latency);
            return done.Stale is { } stale ? Note(FreshnessResult.Failed, stale, latency)
                : latency <= _options.FreshnessObjective ? Note(FreshnessResult.Fresh, "", latency)
                : Note(FreshnessResult.Late, durable > latency / 2 ? "store" : "partitions", latency);
        }
        catch (Exception e) when (e is RecommenderUnavailableException or RecommenderBusyException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Note(FreshnessResult.Failed, part, null);
        }
    }

    private static string Describe(FreshnessState? state, TimeSpan objective) => state switch
    {
        null => "not measured yet",
        { Misses: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{state.Misses} probes in a row late or failed, objective {objective.TotalMilliseconds} ms; the latest: {state.Part}"),
        { Latency: { } latency } => string.Create(CultureInfo.InvariantCulture, $"{latency.TotalMilliseconds:0.0} ms from event to push, objective {objective.TotalMilliseconds} ms"),
        _ => "no model to measure with",
    };

    private FreshnessState Note(FreshnessResult result, string part, TimeSpan? latency)
    {
        var former = _freshness;
        var isMiss = result is FreshnessResult.Late or FreshnessResult.Failed;
        var state = new FreshnessState(result, part, latency, isMiss ? (former?.Misses ?? 0) + 1 : 0);
        _freshness = state;
        Metrics.OnProbeResult(result);
        if (result == FreshnessResult.Failed && former?.Result != FreshnessResult.Failed)
        {
            LogProbeFailed(part);
        }

        return state;
    }

    private async Task ProbePeriodicallyAsync()
    {
        while (await RestAsync(_options.FreshnessInterval).ConfigureAwait(false))
        {
            try
            {
                _ = await ProbeFreshnessAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // The next probe may do better; a canary that fell silent would look like health.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _ = Note(FreshnessResult.Failed, "partitions", null);
                LogProbeBroke(e);
            }
        }
    }

    [LoggerMessage(EventId = 2130, Level = LogLevel.Warning, Message = "The freshness probe fails: {Part}")]
    private partial void LogProbeFailed(string part);

    [LoggerMessage(EventId = 2131, Level = LogLevel.Error, Message = "A freshness probe broke; the next one goes on")]
    private partial void LogProbeBroke(Exception exception);
}
