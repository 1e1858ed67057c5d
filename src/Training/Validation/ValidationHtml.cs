using System.Globalization;
using System.Net;
using System.Text;

namespace Buddies.Training.Validation;

/// <summary>A report as one HTML file: anomalies, then each distribution beside the one it is compared with. Loads nothing.</summary>
internal static class ValidationHtml
{
    private const int Height = 120;
    private const int BinWidth = 44;
    private const int LabelHeight = 70;

    private const string Style =
        "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}"
        + "h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}"
        + ".error{color:#a3162a;font-weight:600}.warning{color:#8a5a00;font-weight:600}.ok{color:#136c3a}"
        + "svg{display:block;max-width:100%;height:auto}svg text{font:10px system-ui,sans-serif;fill:#46505c}"
        + ".expected{fill:#4f7cac}.found{fill:#e07a3f}table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0}"
        + ".key span{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 1em}";

    public static string Write(ValidationReport report)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
            .Append(Text($"<title>Data of version {report.Version}</title><style>{Style}</style></head><body>\n"))
            .Append(Text($"<h1>Data of version {report.Version}</h1>\n<p>{report.CreatedAt:u}. "))
            .Append(report.IsValid ? "<span class=\"ok\">Nothing refuses it.</span></p>\n" : "<span class=\"error\">The gates refuse it.</span></p>\n");
        if (report.Anomalies.Count > 0)
        {
            html.Append("<h2>Anomalies</h2>\n<ul>\n");
            foreach (var anomaly in report.Anomalies)
            {
                var name = anomaly.Severity == Severity.Error ? "error" : "warning";
                html.Append(Text($"<li><span class=\"{name}\">{name}</span> {Escape(anomaly.Message)}</li>\n"));
            }

            html.Append("</ul>\n");
        }

        foreach (var note in report.Notes)
        {
            html.Append(Text($"<p>{Escape(note)}</p>\n"));
        }

        if (report.Twins is { } twins)
        {
            html.Append(Text($"<h2>Served vectors beside their training twins</h2>\n<p>{twins.Listeners} listeners; facts compared of {twins.FactsCompared}, vectors of {twins.VectorsCompared}; largest difference {twins.LargestDifference:0.0e+0}.</p>\n"));
        }

        foreach (var comparison in report.Comparisons)
        {
            AppendComparison(html, comparison);
        }

        return html.Append("</body></html>\n").ToString();
    }

    private static void AppendComparison(StringBuilder html, DataComparison comparison)
    {
        var (title, expected, found) = comparison.Against == "drift"
            ? ("Drift: the training before, and this training", "the training before", "this training")
            : ("Skew: training, and what was served since", "training", "served");
        html.Append(Text($"<h2>{title}</h2>\n<p class=\"key\">{comparison.ExpectedPlays} and {comparison.FoundPlays} plays{(comparison.IsJudged ? "" : ": too few to judge")}.<span class=\"expected\" style=\"background:#4f7cac\"></span>{expected}<span class=\"found\" style=\"background:#e07a3f\"></span>{found}</p>\n"));
        foreach (var feature in comparison.Features.Where(feature => feature.Slice is null))
        {
            html.Append(Text($"<h3>{Escape(feature.Feature)}</h3>\n<p>{Describe(feature)}</p>\n"));
            AppendPlot(html, feature, expected, found);
        }

        var slices = comparison.Features.Where(feature => feature.Slice is not null && feature.Outcome != ComparisonOutcome.TooFew).ToArray();
        if (slices.Length > 0)
        {
            html.Append("<h3>Slices</h3>\n<table><tr><th>slice</th><th>feature</th><th>outcome</th></tr>\n");
            foreach (var feature in slices.OrderByDescending(feature => feature.Chebyshev))
            {
                html.Append(Text($"<tr><td>{Escape(feature.Slice!)}</td><td>{Escape(feature.Feature)}</td><td>{Describe(feature)}</td></tr>\n"));
            }

            html.Append("</table>\n");
        }
    }

    private static string Describe(FeatureComparison feature) => feature.Outcome switch
    {
        ComparisonOutcome.TooFew => "too few to compare",
        ComparisonOutcome.NotComputable => "<span class=\"error\">cannot be computed</span>",
        _ => Text($"<span class=\"{(feature.Outcome == ComparisonOutcome.Alike ? "ok" : "error")}\">{(feature.Outcome == ComparisonOutcome.Alike ? "alike" : "different")}</span>, L∞ {feature.Chebyshev:0.###} in '{Escape(feature.WorstBin ?? "")}', Jensen-Shannon {feature.JensenShannon:0.####} bits"),
    };

    /// <summary>Two bars a bin, side by side, each as high as its share; the highest of all fills the height.</summary>
    private static void AppendPlot(StringBuilder html, FeatureComparison feature, string expectedName, string foundName)
    {
        var (expected, found) = (SharesOf(feature.Expected), SharesOf(feature.Found));
        var highest = Math.Max(1e-9, expected.Concat(found).Max());
        var width = feature.Bins.Count * BinWidth;
        html.Append(Text($"<svg width=\"{width}\" height=\"{Height + LabelHeight}\" viewBox=\"0 0 {width} {Height + LabelHeight}\" role=\"img\" aria-label=\"{Escape(feature.Feature)}\">\n"));
        for (var i = 0; i < feature.Bins.Count; i++)
        {
            AppendBar(i * BinWidth + 4, expected[i], "expected", expectedName);
            AppendBar(i * BinWidth + 22, found[i], "found", foundName);
            html.Append(Text($"<text transform=\"translate({(i * BinWidth) + 14},{Height + 12}) rotate(35)\">{Escape(feature.Bins[i])}</text>\n"));

            void AppendBar(int x, double share, string kind, string name)
            {
                var height = share / highest * Height;
                html.Append(Text($"<rect class=\"{kind}\" x=\"{x}\" y=\"{Height - height:0.##}\" width=\"16\" height=\"{height:0.##}\"><title>{Escape(feature.Bins[i])}: {share:0.0 %} ({name})</title></rect>\n"));
            }
        }

        html.Append("</svg>\n");
    }

    private static double[] SharesOf(IReadOnlyList<long> counts)
    {
        double total = Math.Max(1, counts.Sum());
        return [.. counts.Select(count => count / total)];
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
