namespace Buddies.Api.Metrics;

/// <summary>Prometheus' names for what OpenTelemetry calls by dotted names and UCUM units.</summary>
internal static class PrometheusNames
{
    /// <summary>A family's name: dots to underscores, the unit behind it, and <c>_total</c> behind a counter.</summary>
    public static string Of(string name, string? unit, bool isCounter)
    {
        var result = Clean(name, allowColon: true);
        var suffix = Unit(unit ?? "");
        if (suffix.Length > 0 && !result.EndsWith($"_{suffix}", StringComparison.Ordinal))
        {
            result = $"{result}_{suffix}";
        }

        return isCounter && !result.EndsWith("_total", StringComparison.Ordinal) ? $"{result}_total" : result;
    }

    /// <summary>A label's name.</summary>
    public static string Label(string key) => Clean(key, allowColon: false);

    /// <summary>A label's value between its quotes.</summary>
    public static string EscapeLabel(string value) => EscapeHelp(value).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>A help text up to the end of its line.</summary>
    public static string EscapeHelp(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Unit(string unit) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "%" => "percent",
        "" or "1" or ['{', ..] => "", // A number of things has no unit.
        _ => Clean(unit, allowColon: false),
    };

    private static string Clean(string name, bool allowColon)
    {
        var result = string.Create(name.Length, (name, allowColon), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var c = state.name[i];
                span[i] = char.IsAsciiLetterOrDigit(c) || (c == ':' && state.allowColon) ? c : '_';
            }
        });
        return result.Length == 0 || char.IsAsciiDigit(result[0]) ? $"_{result}" : result;
    }
}
