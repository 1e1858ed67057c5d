using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Buddies.Engine.Events;

namespace Buddies.Engine.Taste;

/// <summary>
/// How events become facts and facts become confidences and preferences: the one transformation that training,
/// evaluation, replay and serving share. Its fingerprint travels with every snapshot.
/// </summary>
public sealed record TasteTransform
{
    /// <summary>Grows whenever the meaning of a parameter or the arithmetic changes.</summary>
    public const int FormulaVersion = 1;

    /// <summary>After how long a play counts half in <c>taste</c>.</summary>
    public TimeSpan TasteHalfLife { get; init; } = TimeSpan.FromDays(180);

    /// <summary>After how long a play counts half in <c>session</c>.</summary>
    public TimeSpan SessionHalfLife { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The confidence of a track with just the listener's mean evidence; w = scale·(evidence/mean)^power.</summary>
    public double ConfidenceScale { get; init; } = 3.7;

    /// <summary>
    /// How fast confidence grows with evidence, 0 to 1. Because it is a power of evidence over the listener's own mean, a
    /// decay that all facts share cancels, and a heavy listener's facts weigh no more in all than a light one's.
    /// </summary>
    public double EvidencePower { get; init; } = 0.5;

    /// <summary>Confidence that a like adds, at preference 1; it does not decay.</summary>
    public double LikeConfidence { get; init; } = 7.4;

    /// <summary>Confidence of a hide, at preference −1, whatever was played; it does not decay.</summary>
    public double HideConfidence { get; init; } = 7.4;

    /// <summary>Evidence of putting a track into one's own playlist, in full plays.</summary>
    public double SaveEvidence { get; init; } = 3;

    /// <summary>Evidence against a track of an immediate skip, in full plays; a later skip counts in proportion to what was left.</summary>
    public double SkipEvidence { get; init; } = 0.5;

    /// <summary>A play shorter than this, and than half the track, counts as a skip.</summary>
    public TimeSpan ShortestListen { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The transform that the product ships.</summary>
    public static TasteTransform Default { get; } = new();

    /// <summary>SHA-256 over the formula's version and every parameter, lower-case hexadecimal.</summary>
    public string Fingerprint
    {
        get
        {
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"buddies-taste/{FormulaVersion};{TasteHalfLife.Ticks};{SessionHalfLife.Ticks};{ConfidenceScale:R};{EvidencePower:R};{LikeConfidence:R};{HideConfidence:R};{SaveEvidence:R};{SkipEvidence:R};{ShortestListen.Ticks}");
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        }
    }

    /// <summary>What one event says about its track before any decay.</summary>
    /// <param name="event">A valid event.</param>
    /// <returns>Evidence for and against, both 0 or more, in full plays.</returns>
    public (double For, double Against) EvidenceOf(in UserEvent @event)
    {
        switch (@event.Kind)
        {
            case EventKind.Listen:
                var share = HeardShare(@event);
                var isSkip = share < 0.5 && @event.PlayedMs < ShortestListen.TotalMilliseconds;
                return isSkip ? (0, SkipEvidence * (1 - share)) : (@event.Plays * Math.Max(share, 0.5), 0);
            case EventKind.Skip:
                return (0, SkipEvidence * (1 - (@event.PlayedMs is null ? 0 : HeardShare(@event))));
            case EventKind.Save:
                return (SaveEvidence * @event.Plays, 0);
            default:
                return (0, 0);
        }
    }

    /// <summary>Confidence of an amount of evidence before a like or a hide is counted.</summary>
    /// <param name="evidence">0 or more, in full plays.</param>
    /// <param name="meanEvidence">The listener's mean evidence of a track; not above 0 gives 0.</param>
    /// <returns>w ≥ 0.</returns>
    public double ConfidenceOf(double evidence, double meanEvidence) =>
        evidence > 0 && meanEvidence > 0 ? ConfidenceScale * PowerOf(evidence / meanEvidence) : 0;

    /// <summary>Evidence, raised to <see cref="EvidencePower"/>.</summary>
    /// <param name="evidence">0 or more.</param>
    /// <returns>0 or more. The shipped power is a root, which costs less than any other.</returns>
    public double PowerOf(double evidence) => EvidencePower == 0.5 ? Math.Sqrt(evidence) : Math.Pow(evidence, EvidencePower);

    private double HeardShare(in UserEvent @event)
    {
        if (@event.PlayedMs is not { } played)
        {
            return 1;
        }

        // Without a length, the threshold of a real listen stands for half of it.
        var duration = @event.DurationMs is > 0 ? @event.DurationMs.Value : 2 * ShortestListen.TotalMilliseconds;
        return Math.Clamp(played / duration, 0, 1);
    }
}
