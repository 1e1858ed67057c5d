using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Buddies.Api.Metrics;

/// <summary>Writes what was collected in the Prometheus text exposition format, version 0.0.4.</summary>
/// <remarks>Not thread-safe; <see cref="PrometheusScrape"/> lets one scrape in at a time.</remarks>
internal sealed class PrometheusTextExporter : BaseExporter<Metric>
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _written = [];

    /// <summary>The last collection's text.</summary>
    public string Text => _text.ToString();

    public override ExportResult Export(in Batch<Metric> batch)
    {
        _text.Clear();
        _written.Clear();
        foreach (var metric in batch)
        {
            Write(metric);
        }

        return ExportResult.Success;
    }

    private void Write(Metric metric)
    {
        var type = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            MetricType.Histogram => "histogram",
            MetricType.ExponentialHistogram => null, // Not expressible in this version of the format.
            _ => "gauge",
        };
        var name = PrometheusNames.Of(metric.Name, metric.Unit, isCounter: type == "counter");
        if (type is null || !_written.Add(name))
        {
            return; // A family may stand in an answer once only.
        }

        if (!string.IsNullOrEmpty(metric.Description))
        {
            Line($"# HELP {name} {PrometheusNames.EscapeHelp(metric.Description)}");
        }

        Line($"# TYPE {name} {type}");
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            Write(metric.MetricType, name, in point);
        }
    }

    private void Write(MetricType type, string name, in MetricPoint point)
    {
        var labels = Labels(point.Tags);
        switch (type)
        {
            case MetricType.Histogram:
                WriteHistogram(name, labels, in point);
                break;
            case MetricType.LongGauge:
                Sample(name, labels, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                Sample(name, labels, point.GetGaugeLastValueDouble());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                Sample(name, labels, point.GetSumDouble());
                break;
            default:
                Sample(name, labels, point.GetSumLong());
                break;
        }
    }

    private void WriteHistogram(string name, string labels, in MetricPoint point)
    {
        var cumulative = 0L;
        var separator = labels.Length == 0 ? "" : ",";
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            Sample($"{name}_bucket", $"{labels}{separator}le=\"{Number(bucket.ExplicitBound)}\"", cumulative);
        }

        Sample($"{name}_sum", labels, point.GetHistogramSum());
        Sample($"{name}_count", labels, cumulative);
    }

    private void Sample(string name, string labels, double value) =>
        Line(labels.Length == 0 ? $"{name} {Number(value)}" : $"{name}{{{labels}}} {Number(value)}");

    private void Line(string line) => _text.Append(line).Append('\n');

    private static string Labels(ReadOnlyTagCollection tags)
    {
        var labels = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            labels.Append(labels.Length == 0 ? "" : ",")
                .Append(PrometheusNames.Label(key))
                .Append("=\"")
                .Append(PrometheusNames.EscapeLabel(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""))
                .Append('"');
        }

        return labels.ToString();
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
