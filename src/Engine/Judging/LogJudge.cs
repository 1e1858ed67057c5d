using Buddies.Engine.Bandits;

namespace Buddies.Engine.Judging;

/// <summary>What impression logs say of a policy.</summary>
/// <param name="Pages">Pages in the logs.</param>
/// <param name="Cards">Places one at a time: the reward of a place that was drawn and seen, all else as it was.</param>
/// <param name="Shelves">Whole shelves by the cascade: the reward of a shelf that was seen.</param>
public sealed record LogJudgement(int Pages, Judgement Cards, ListJudgement Shelves);

/// <summary>Judges how a policy fills shelves, from the logs of another one.</summary>
public static class LogJudge
{
    /// <summary>Judges.</summary>
    /// <param name="pages">Pages whose rewards are in.</param>
    /// <param name="target">The policy.</param>
    /// <param name="options">How.</param>
    /// <returns>The judgement.</returns>
    /// <remarks>
    /// Only places with a choice are judged. Which cards come before a place is left as it was logged, so the policy is judged one
    /// place at a time; the cascade follows a shelf from the left with the candidates that each place was drawn from.
    /// </remarks>
    public static LogJudgement Judge(IReadOnlyList<RewardedPage> pages, TargetPolicy target, JudgeOptions options)
    {
        ArgumentNullException.ThrowIfNull(pages);
        ArgumentNullException.ThrowIfNull(target);
        var units = new Dictionary<Identifiers.UserId, int>();
        var (drawn, lists) = (new List<Drawn>(), new List<LoggedList>());
        foreach (var page in pages)
        {
            if (!units.TryGetValue(page.Page.User, out var unit))
            {
                units[page.Page.User] = unit = units.Count;
            }

            Collect(page, unit, target, drawn, lists);
        }

        var model = RewardModel.Learn(
            [.. drawn.Select(draw => draw.Card.Choices[draw.Card.Chosen])], [.. drawn.Select(draw => draw.Reward)], [.. drawn.Select(draw => draw.Unit)]);
        var choices = new LoggedChoice[drawn.Count];
        for (var i = 0; i < choices.Length; i++)
        {
            choices[i] = Predict(drawn[i], model);
        }

        return new LogJudgement(pages.Count, PolicyJudge.Judge(choices, options), CascadeJudge.Judge(lists, options));
    }

    private static void Collect(RewardedPage page, int unit, TargetPolicy target, List<Drawn> drawn, List<LoggedList> lists)
    {
        var cards = page.Page.Cards;
        for (var from = 0; from < cards.Count;)
        {
            var (to, isSeen, isDrawn) = (from, false, false);
            var steps = new List<ListStep>();
            for (; to < cards.Count && cards[to].ShelfPosition == cards[from].ShelfPosition; to++)
            {
                var card = cards[to];
                var probabilities = new double[card.Choices.Count];
                target(card.Choices, probabilities);
                steps.Add(new ListStep(page.Rewards[to], card.Propensity, Math.Min(1, probabilities[card.Chosen]), page.Seen[to]));
                isSeen |= page.Seen[to];
                if (card.Choices.Count > 1)
                {
                    isDrawn = true;
                    if (page.Seen[to])
                    {
                        drawn.Add(new Drawn(unit, page.Rewards[to], card, probabilities));
                    }
                }
            }

            if (isSeen && isDrawn)
            {
                lists.Add(new LoggedList(unit, steps));
            }

            from = to;
        }
    }

    private static LoggedChoice Predict(Drawn draw, RewardModel model)
    {
        var expected = 0.0;
        for (var i = 0; i < draw.Target.Length; i++)
        {
            expected += draw.Target[i] * model.Predict(draw.Card.Choices[i], draw.Unit);
        }

        return new LoggedChoice(
            draw.Unit,
            draw.Reward,
            draw.Card.Propensity,
            Math.Min(1, draw.Target[draw.Card.Chosen]),
            model.Predict(draw.Card.Choices[draw.Card.Chosen], draw.Unit),
            expected);
    }

    private sealed record Drawn(int Unit, double Reward, Impression Card, double[] Target);
}
