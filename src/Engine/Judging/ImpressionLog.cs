using System.Text.Json;
using System.Text.Json.Serialization;
using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Judging;

/// <summary>Rewarded pages as text, one JSON object a line and card: what policies are judged from.</summary>
public static class ImpressionLog
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes a page.</summary>
    /// <param name="page">A page whose rewards are in.</param>
    /// <returns>One line for each card, without line ends.</returns>
    public static IEnumerable<string> Write(RewardedPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        for (var i = 0; i < page.Page.Cards.Count; i++)
        {
            var card = page.Page.Cards[i];
            yield return JsonSerializer.Serialize(
                new Line(
                    page.Page.User.Value, page.Page.Sequence, page.Page.AtMs, page.Page.Policy, page.Page.PolicyVersion, page.Page.Snapshot.Value,
                    page.Page.Segment, page.Page.Slice, card.Shelf, card.ShelfPosition, card.ShelfPropensity, card.Position, card.Propensity,
                    card.CandidateSet.ToString("x16", System.Globalization.CultureInfo.InvariantCulture), card.Playlist.Value, card.Chosen,
                    card.Choices, page.Rewards[i], page.Clicked[i], page.Seen[i], Rewards.Version),
                s_json);
        }
    }

    /// <summary>Reads pages.</summary>
    /// <param name="lines">Lines of one page stand together, as <see cref="Write"/> gives them; empty ones are passed over.</param>
    /// <returns>The pages in their order.</returns>
    /// <exception cref="FormatException">A line is no card of such a log; the message gives its number.</exception>
    public static IEnumerable<RewardedPage> Read(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return ReadPages(lines);
    }

    private static IEnumerable<RewardedPage> ReadPages(IEnumerable<string> lines)
    {
        var open = new List<Line>();
        var number = 0;
        foreach (var text in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            var line = Parse(text, number);
            if (open.Count > 0 && (open[0].User != line.User || open[0].Page != line.Page || open[0].AtMs != line.AtMs))
            {
                yield return Close(open);
                open.Clear();
            }

            open.Add(line);
        }

        if (open.Count > 0)
        {
            yield return Close(open);
        }
    }

    private static Line Parse(string text, int number)
    {
        Line? line;
        try
        {
            line = JsonSerializer.Deserialize<Line>(text, s_json);
        }
        catch (JsonException e)
        {
            throw new FormatException($"Line {number} is no JSON of an impression: {e.Message}", e);
        }

        // A log that was written when there were fewer features says nothing of those that came since.
        line = line is { Choices: not null } ? line with { Choices = [.. line.Choices.Select(features => features is null ? features! : CardFeatures.Complete(features))] } : line;
        if (line is not { User: not null, Shelf: not null, Playlist: not null, Choices: not null, CandidateSet: not null }
            || line.Chosen < 0 || line.Chosen >= line.Choices.Count
            || line.Choices.Any(features => features is not { Length: CardFeatures.Count })
            || !(line.Propensity is > 0 and <= 1 + 1e-9) || !(line.ShelfPropensity is > 0 and <= 1 + 1e-9) || !double.IsFinite(line.Reward)
            || !ulong.TryParse(line.CandidateSet, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture, out _))
        {
            throw new FormatException($"Line {number} lacks a field of an impression, or holds one out of its range.");
        }

        return line.RewardVersion == Rewards.Version
            ? line
            : throw new FormatException($"Line {number} has rewards of version {line.RewardVersion}; expected {Rewards.Version}.");
    }

    private static RewardedPage Close(List<Line> lines)
    {
        var first = lines[0];
        return new RewardedPage(
            new ShownPage(
                new UserId(first.User), first.Page, first.AtMs, first.Policy, first.PolicyVersion, new SnapshotVersion(first.Snapshot), first.Segment, first.Slice,
                [.. lines.Select(line => new Impression(
                    line.Shelf, line.ShelfPosition, Math.Min(1, line.ShelfPropensity), line.Position, Math.Min(1, line.Propensity),
                    ulong.Parse(line.CandidateSet, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture),
                    new PlaylistId(line.Playlist), line.Chosen, line.Choices))]),
            [.. lines.Select(line => line.Reward)],
            [.. lines.Select(line => line.Clicked)],
            [.. lines.Select(line => line.Seen)]);
    }

    private sealed record Line(
        string User, long Page, long AtMs, string Policy, int PolicyVersion, int Snapshot, int Segment, PageSlice Slice, string Shelf,
        int ShelfPosition, double ShelfPropensity, int Position, double Propensity, string CandidateSet, string Playlist, int Chosen,
        IReadOnlyList<float[]> Choices, double Reward, bool Clicked, bool Seen, int RewardVersion);
}
