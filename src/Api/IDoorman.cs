using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Api;

/// <summary>The port between the HTTP surface and whoever lets model versions in.</summary>
/// <remarks>Every method may throw <see cref="RecommenderUnavailableException"/> while the server starts, stops or has lost its store.</remarks>
public interface IDoorman
{
    /// <summary>What is served, what is under way, and every version.</summary>
    ValueTask<DoormanView> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The journal, oldest first.</summary>
    /// <param name="afterNumber">Only entries beyond this number; negative for the last ones.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(long afterNumber, int limit, CancellationToken cancellationToken);

    /// <summary>Asks for something.</summary>
    /// <param name="order">What.</param>
    /// <param name="cancellationToken">Gives up waiting; what was asked goes on.</param>
    /// <returns>Once it is durable, or refused.</returns>
    ValueTask<DoormanAnswer> AskAsync(DoormanOrder order, CancellationToken cancellationToken);
}

/// <summary>What an operator may ask for.</summary>
public enum DoormanAction
{
    /// <summary>Judge a version by the gates.</summary>
    Validate,

    /// <summary>Put a share of the listeners on it.</summary>
    Canary,

    /// <summary>Put everybody on it.</summary>
    Promote,

    /// <summary>Turn it away.</summary>
    Reject,

    /// <summary>Go back to a version that was current before.</summary>
    Rollback,
}

/// <summary>Something asked of the doorman.</summary>
/// <param name="Action">What.</param>
/// <param name="Version">Of which version; null in a rollback for the former one.</param>
/// <param name="Percent">The canary's share, above 0 and below 100.</param>
/// <param name="Who">Who asks.</param>
/// <param name="Why">In words; may be empty.</param>
public sealed record DoormanOrder(DoormanAction Action, SnapshotVersion? Version, double Percent, string Who, string Why)
{
    /// <summary>In a validation, why the version may be worse than the current one beyond the margin; null: it may not.</summary>
    public string? AcceptLowerRecall { get; init; }
}

/// <summary>What the doorman knows at one moment.</summary>
/// <param name="Record">What is durable.</param>
/// <param name="Models">Every version with what its manifest says.</param>
/// <param name="Canary">How the canary does; null without one.</param>
/// <param name="Readers">By version, how many hold it, in a cluster on all silos.</param>
/// <param name="Serving">The version that serves in this process; 0 for none. The record is ahead of it for the time of a flip.</param>
/// <param name="LastFlip">From the last commit until nobody could get the version before; null before the first.</param>
/// <param name="FlipSkew">Of that, from the first silo's flip to the last one's, as far as they have answered; null in one process.</param>
public sealed record DoormanView(
    DoormanRecord Record, IReadOnlyList<ModelView> Models, CanaryView? Canary, IReadOnlyDictionary<int, int> Readers, SnapshotVersion Serving, TimeSpan? LastFlip, TimeSpan? FlipSkew = null);

/// <summary>One version with what its manifest says.</summary>
/// <param name="Version">Its number.</param>
/// <param name="CreatedAt">When its training ended.</param>
/// <param name="Watermark">Events up to this offset took part.</param>
/// <param name="Parent">The version that was current when it was trained; null where the manifest cannot be read.</param>
/// <param name="Metrics">Results of training and evaluation; empty where the manifest cannot be read.</param>
public sealed record ModelView(
    SnapshotVersion Version, DateTimeOffset CreatedAt, long Watermark, int? Parent, IReadOnlyDictionary<string, double> Metrics);

/// <summary>For a host whose runtime has no doorman.</summary>
internal sealed class NoDoorman : IDoorman
{
    private const string Message = "This server has no doorman.";

    public ValueTask<DoormanView> ReadAsync(CancellationToken cancellationToken) => throw new RecommenderUnavailableException(Message);

    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(long afterNumber, int limit, CancellationToken cancellationToken) =>
        throw new RecommenderUnavailableException(Message);

    public ValueTask<DoormanAnswer> AskAsync(DoormanOrder order, CancellationToken cancellationToken) =>
        throw new RecommenderUnavailableException(Message);
}
