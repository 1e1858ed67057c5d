using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Buddies.Api.Metrics;

/// <summary>Collects every metric of the process when Prometheus asks, one scrape at a time.</summary>
internal sealed class PrometheusScrape : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly PrometheusTextExporter _exporter = new();
    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;

    public PrometheusScrape()
    {
        _reader = new BaseExportingMetricReader(_exporter);
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Buddies.*")
            .AddReader(_reader)
            .Build();
    }

    /// <summary>The present values in the exposition format.</summary>
    public async Task<byte[]> CollectAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            _reader.Collect();
            return Encoding.UTF8.GetBytes(_exporter.Text);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _provider.Dispose();
        _one.Dispose();
    }
}
