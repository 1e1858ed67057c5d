using System.Diagnostics.Metrics;

namespace Buddies.Embedded.Tests;

/// <summary>What the audit finds can be seen from outside.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task Runtime_AfterTheInterval_ExportsWhatTheAuditFound()
    {
        await using var world = await TestWorld.StartAsync();
        for (var i = 0; i < 9; i++)
        {
            await world.HomeAsync(TestWorld.Listener(i));
        }

        await LiveReader.UntilAsync(
            () =>
            {
                world.Time.Advance(TimeSpan.FromSeconds(5));
                return world.Runtime.Audited?.Recall is not null;
            },
            "the audit never came round");
        var gauges = Read(world.Runtime.Metrics);
        Assert.Equal((1.0, WorldTemplate.Listeners, 9), (gauges["buddies.audit.recall"], gauges["buddies.sets.residents"], gauges["buddies.sets.active"]));
        Assert.True(gauges["buddies.sets.age.p99"] >= gauges["buddies.sets.age.p50"]);
        Assert.InRange(gauges["buddies.sets.slack_spent"], 0, 1);
    }

    private static Dictionary<string, double> Read(EmbeddedMetrics metrics)
    {
        var values = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (metrics.Owns(instrument))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }
}
