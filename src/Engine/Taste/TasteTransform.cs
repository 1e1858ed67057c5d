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

    /// <summary>α: the confidence that evidence of one e-fold adds; w = α·ln(1 + evidence/ε).</summary>
    public double ConfidenceScale { get; init; } = 1;

    /// <summary>ε: the evidence, in full plays, at which confidence stops growing in proportion.</summary>
    public double EvidenceScale { get; init; } = 1;

    /// <summary>Evidence of a like, in full plays; it does not decay.</summary>
    public double LikeEvidence { get; init; } = 10;

    /// <summary>Evidence of a hide, in full plays; it does not decay.</summary>
    public double HideEvidence { get; init; } = 30;

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
                $"buddies-taste/{FormulaVersion};{TasteHalfLife.Ticks};{SessionHalfLife.Ticks};{ConfidenceScale:R};{EvidenceScale:R};{LikeEvidence:R};{HideEvidence:R};{SaveEvidence:R};{SkipEvidence:R};{ShortestListen.Ticks}");
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

    /// <summary>Confidence w of an amount of evidence.</summary>
    /// <param name="evidence">0 or more, in full plays.</param>
    /// <returns>w ≥ 0.</returns>
    public double ConfidenceOf(double evidence) => ConfidenceScale * Math.Log(1 + (evidence / EvidenceScale));

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
