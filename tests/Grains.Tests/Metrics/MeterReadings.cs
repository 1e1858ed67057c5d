using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Buddies.Grains.Tests.Contract;

namespace Buddies.Grains.Tests.Metrics;

/// <summary>What the meters of a cluster's silos say, each silo by itself, from now on.</summary>
internal sealed class MeterReadings : IDisposable
{
    private readonly ConcurrentDictionary<(int Silo, string Name), double> _values = [];
    private readonly MeterListener _listener = new();
    private readonly int _silos;

    public MeterReadings(ClusterHarness silos)
    {
        _silos = silos.Cluster.Silos.Count;
        var scopes = Enumerable.Range(0, _silos).Select(silo => (object?)silos.Get<IMeterFactory>(silo)).ToList();
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == World.GrainMetrics.MeterName && scopes.IndexOf(instrument.Meter.Scope) is >= 0 and var silo)
            {
                self.EnableMeasurementEvents(instrument, silo);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, silo) => Take(instrument, value, silo));
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, silo) => Take(instrument, value, silo));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, silo) => Take(instrument, value, silo));
        _listener.Start();
    }

    /// <summary>By silo: a counter's sum, how often a histogram was told something, a gauge's value as of now.</summary>
    public double[] Of(string name)
    {
        foreach (var key in _values.Keys.Where(key => key.Name == $"gauge {name}"))
        {
            _ = _values.TryRemove(key, out _);
        }

        _listener.RecordObservableInstruments();
        return [.. Enumerable.Range(0, _silos).Select(silo => _values.GetValueOrDefault((silo, name)) + _values.GetValueOrDefault((silo, $"gauge {name}")))];
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, object? silo)
    {
        var (name, added) = instrument.IsObservable ? ($"gauge {instrument.Name}", value) : (instrument.Name, instrument is Histogram<double> ? 1 : value);
        _values.AddOrUpdate(((int)silo!, name), added, (_, before) => instrument.IsObservable ? added : before + added);
    }
}
