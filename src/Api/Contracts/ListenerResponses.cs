using System.Text.Json.Serialization;
using Buddies.Engine.Buddies;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;

namespace Buddies.Api.Contracts;

/// <summary>A listener's nearest listeners.</summary>
/// <param name="UserId">Whose list it is.</param>
/// <param name="SnapshotVersion">The model version whose vectors were compared.</param>
/// <param name="Buddies">Most similar first.</param>
/// <param name="Sequence">On a live stream: grows with every change of the list or of the page.</param>
/// <param name="LatencyMs">On a live stream: milliseconds from the acceptance of the listener's own event to this list.</param>
public sealed record BuddiesResponse(
    string UserId,
    int SnapshotVersion,
    IReadOnlyList<BuddyResponse> Buddies,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Sequence = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? LatencyMs = null)
{
    public static BuddiesResponse From(BuddyList list) => new(
        list.User.Value,
        list.Version.Value,
        [.. list.Buddies.Select(b => new BuddyResponse(b.User.Value, b.Similarity, b.SharedTracks))]);

    public static BuddiesResponse From(BuddiesUpdate update) =>
        From(update.Buddies) with { Sequence = update.Sequence, LatencyMs = update.Latency?.TotalMilliseconds };
}

/// <summary>One listener with a similar taste.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Similarity">Cosine of the two tastes, −1 to 1.</param>
/// <param name="SharedTracks">Tracks in common.</param>
public sealed record BuddyResponse(string UserId, float Similarity, int SharedTracks);

/// <summary>Listeners found.</summary>
/// <param name="Users">The listeners.</param>
public sealed record ListenersResponse(IReadOnlyList<ListenerResponse> Users)
{
    public static ListenersResponse From(IReadOnlyList<ListenerSummary> found) =>
        new([.. found.Select(l => new ListenerResponse(l.User.Value, l.Tracks, l.Playlists))]);
}

/// <summary>One listener found.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Tracks">Tracks with facts.</param>
/// <param name="Playlists">Public playlists of this listener.</param>
public sealed record ListenerResponse(string UserId, int Tracks, int Playlists);

/// <summary>What an erasure has not done yet.</summary>
/// <param name="UserId">Whom.</param>
/// <param name="Pending">What still holds traces; empty when nothing does.</param>
public sealed record ErasureResponse(string UserId, IReadOnlyList<string> Pending)
{
    public static ErasureResponse From(ErasureReceipt receipt) => new(receipt.User.Value, receipt.Pending);
}
