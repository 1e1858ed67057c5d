using System.Diagnostics.Metrics;

namespace Buddies.Api.Metrics;

/// <summary>What the HTTP surface counts.</summary>
public sealed class BuddiesApiMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Buddies.Api";

    private readonly Meter _meter;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _rejected;
    private readonly UpDownCounter<long> _streams;
    private readonly Counter<long> _pages;
    private readonly Counter<long> _lists;
    private readonly Histogram<double> _pushLatency;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">The host's meters.</param>
    public BuddiesApiMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        _accepted = _meter.CreateCounter<long>("buddies.ingest.accepted", "{event}", "Events accepted.");
        _duplicates = _meter.CreateCounter<long>("buddies.ingest.duplicates", "{event}", "Events that were known.");
        _rejected = _meter.CreateCounter<long>("buddies.ingest.rejected", "{event}", "Events refused for what they say.");
        _streams = _meter.CreateUpDownCounter<long>("buddies.live.streams", "{stream}", "Live streams that are open.");
        _pages = _meter.CreateCounter<long>("buddies.live.pages", "{page}", "Pages pushed to live streams.");
        _lists = _meter.CreateCounter<long>("buddies.live.lists", "{list}", "Lists of buddies pushed to live streams.");
        _pushLatency = _meter.CreateHistogram(
            "buddies.live.push_latency",
            "s",
            "From the acceptance of an event to the push of the page it changed.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
            });

        // A rate needs its zero: without it the first increase would not be seen.
        OnEventsIngested(0, 0, 0);
        _pages.Add(0);
        _streams.Add(0);
    }

    /// <summary>A batch was answered.</summary>
    /// <param name="accepted">New events.</param>
    /// <param name="duplicates">Known events.</param>
    /// <param name="rejected">Refused events.</param>
    public void OnEventsIngested(int accepted, int duplicates, int rejected)
    {
        _accepted.Add(accepted);
        _duplicates.Add(duplicates);
        _rejected.Add(rejected);
    }

    /// <summary>A live stream was opened.</summary>
    public void OnStreamOpened() => _streams.Add(1);

    /// <summary>A live stream has ended.</summary>
    public void OnStreamClosed() => _streams.Add(-1);

    /// <summary>A page has left for a client.</summary>
    /// <param name="latency">From the event that changed it; null when no event of the listener's own did.</param>
    public void OnPagePushed(TimeSpan? latency)
    {
        _pages.Add(1);
        if (latency is { } value)
        {
            _pushLatency.Record(value.TotalSeconds);
        }
    }

    /// <summary>A list of buddies has left for a client.</summary>
    public void OnListPushed() => _lists.Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
