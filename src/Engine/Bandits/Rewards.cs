namespace Buddies.Engine.Bandits;

/// <summary>What came of a card that was shown.</summary>
/// <param name="IsClicked">Whether the listener opened it.</param>
/// <param name="Listens">Tracks of it heard for 30 seconds or more.</param>
/// <param name="HeardShare">Different tracks heard out of all of its tracks, 0 to 1.</param>
/// <param name="Liked">Tracks of it liked, or the playlist itself.</param>
/// <param name="IsSaved">Whether it, or a track of it, was kept.</param>
/// <param name="IsFollowed">Whether it is followed since.</param>
/// <param name="FastSkips">Tracks of it left within 30 seconds.</param>
/// <param name="IsHidden">Whether it, or a track of it, was hidden.</param>
public readonly record struct CardOutcome(
    bool IsClicked, int Listens, double HeardShare, int Liked, bool IsSaved, bool IsFollowed, int FastSkips, bool IsHidden);

/// <summary>The one definition of how good an outcome is: what is learned from, judged by and tested on.</summary>
public static class Rewards
{
    /// <summary>Names this definition in logs; changes with it.</summary>
    public const int Version = 1;

    /// <summary>The reward of an outcome.</summary>
    /// <param name="outcome">What came of the card.</param>
    /// <returns>
    /// −1 to 1: 0.3 for a first listen of 30 seconds, up to 0.3 for the share heard, 0.2 for a like, 0.2 for keeping, 0.3 for
    /// following; −0.1 for each fast skip to at most −0.3; a hide takes 1 off. A click alone is worth nothing.
    /// </returns>
    public static double Of(in CardOutcome outcome)
    {
        var reward = (outcome.Listens > 0 ? 0.3 : 0)
            + (0.3 * Math.Clamp(outcome.HeardShare, 0, 1))
            + (outcome.Liked > 0 ? 0.2 : 0)
            + (outcome.IsSaved ? 0.2 : 0)
            + (outcome.IsFollowed ? 0.3 : 0)
            - (0.1 * Math.Clamp(outcome.FastSkips, 0, 3))
            - (outcome.IsHidden ? 1 : 0);
        return Math.Clamp(reward, -1, 1);
    }
}
