using System.Text.Json;
using Buddies.Engine.Buddies;
using Buddies.Engine.Events;
using Buddies.Engine.Privacy;
using Buddies.Storage;
using Buddies.Storage.Home;
using Buddies.Storage.Privacy;

namespace Buddies.Api.Contracts;

/// <summary>What a listener chose about being seen.</summary>
/// <param name="Invisible">Recommended to nobody, still served.</param>
/// <param name="Blocked">At most 1,000 listeners who neither see this one nor are shown to this one.</param>
public sealed record PrivacyItem(bool Invisible = false, IReadOnlyList<string>? Blocked = null)
{
    public static PrivacyItem From(ListenerPrivacy privacy)
    {
        ArgumentNullException.ThrowIfNull(privacy);
        return new(privacy.IsInvisible, [.. privacy.Blocked.Select(user => user.Value)]);
    }
}

/// <summary>Everything that is held about a listener.</summary>
/// <param name="UserId">Whom.</param>
/// <param name="ExportedAt">When this was put together.</param>
/// <param name="Privacy">What they chose about being seen.</param>
/// <param name="Playlists">Their own, private ones too.</param>
/// <param name="Events">What the log holds, in its order.</param>
/// <param name="Tracks">Sums of events by track, also of events that were dropped for their age.</param>
/// <param name="PlaylistMarks">What is known of playlists.</param>
/// <param name="Buddies">The nearest listeners as of now; derived.</param>
/// <param name="Friends">Friendships from an imported dataset.</param>
/// <param name="SnapshotVersion">The model version of the vector.</param>
/// <param name="Vector">The taste vector as of now; derived.</param>
/// <param name="Snapshots">Folders of model versions whose files hold a trained vector.</param>
/// <param name="Home">What Home keeps; null where the page is the fixed one.</param>
public sealed record ExportResponse(
    string UserId,
    DateTimeOffset ExportedAt,
    PrivacyItem Privacy,
    IReadOnlyList<PlaylistItem> Playlists,
    IReadOnlyList<ExportedEvent> Events,
    IReadOnlyList<ExportedTrack> Tracks,
    IReadOnlyList<ExportedPlaylist> PlaylistMarks,
    IReadOnlyList<BuddyResponse> Buddies,
    IReadOnlyList<string> Friends,
    int SnapshotVersion,
    IReadOnlyList<float> Vector,
    IReadOnlyList<string> Snapshots,
    ExportedHome? Home)
{
    public static ExportResponse From(ListenerHoldings held, BuddyList buddies, HomeHoldings? home, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(buddies);
        return new(
            held.User.Value,
            now,
            PrivacyItem.From(held.Privacy),
            [.. held.Playlists.Select(p => new PlaylistItem(p.Id.Value, p.Title, p.Owner.Value, p.IsPublic, [.. p.Tracks.Select(t => t.Value)], p.Followers))],
            [.. held.Events.Select(ExportedEvent.From)],
            [.. held.Tracks.Select(t => new ExportedTrack(t.Track.Value, t.For, t.Against, DateTimeOffset.FromUnixTimeMilliseconds(t.LastAtMs), t.Marks))],
            [.. held.PlaylistMarks.Select(p => new ExportedPlaylist(p.Playlist.Value, DateTimeOffset.FromUnixTimeMilliseconds(p.LastAtMs), p.Marks))],
            BuddiesResponse.From(buddies).Buddies,
            [.. held.Friends.Select(friend => friend.Value)],
            held.Version.Value,
            held.Vector,
            held.Snapshots,
            home is null ? null : ExportedHome.From(home));
    }
}

/// <summary>What Home keeps about a listener.</summary>
/// <param name="Discovery">What the listener has chosen: 0 for the familiar, 1 for discoveries.</param>
/// <param name="Pages">Pages that were sent, as the log of impressions has them.</param>
/// <param name="Rewards">Cards whose rewards are in, as that log has them.</param>
public sealed record ExportedHome(double Discovery, IReadOnlyList<JsonElement> Pages, IReadOnlyList<JsonElement> Rewards)
{
    public static ExportedHome From(HomeHoldings home)
    {
        ArgumentNullException.ThrowIfNull(home);
        return new(home.Choice.Discovery, [.. home.Shown.Select(Read)], [.. home.Rewarded.Select(Read)]);
    }

    private static JsonElement Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}

/// <summary>An event as the log holds it.</summary>
/// <param name="Offset">Its place in the log.</param>
/// <param name="EventId">The producer's id.</param>
/// <param name="Kind">listen, skip …</param>
/// <param name="OccurredAt">When, by the producer.</param>
/// <param name="TrackId">The track, if any.</param>
/// <param name="PlaylistId">The playlist, if any.</param>
/// <param name="PlayedMs">Milliseconds heard.</param>
/// <param name="DurationMs">The track's length in milliseconds.</param>
/// <param name="Plays">How many plays it stands for.</param>
/// <param name="Context">The producer's context, as it came.</param>
public sealed record ExportedEvent(
    long Offset, string EventId, string Kind, DateTimeOffset OccurredAt, string? TrackId, string? PlaylistId, int? PlayedMs, int? DurationMs, int Plays, string? Context)
{
    public static ExportedEvent From(LoggedEvent logged) => new(
        logged.Offset,
        logged.Event.Id.Value,
        logged.Event.Kind.ToWireName(),
        logged.Event.OccurredAt,
        logged.Event.Track?.Value,
        logged.Event.Playlist?.Value,
        logged.Event.PlayedMs,
        logged.Event.DurationMs,
        logged.Event.Plays,
        logged.Event.Context);
}

/// <summary>What is known of a track.</summary>
/// <param name="TrackId">Which.</param>
/// <param name="For">Evidence for it, in full plays.</param>
/// <param name="Against">Evidence against it.</param>
/// <param name="LastAt">The newest event.</param>
/// <param name="Marks">Liked, Hidden …</param>
public sealed record ExportedTrack(string TrackId, float For, float Against, DateTimeOffset LastAt, string Marks);

/// <summary>What is known of a playlist.</summary>
/// <param name="PlaylistId">Which.</param>
/// <param name="LastAt">The newest event.</param>
/// <param name="Marks">Followed, Hidden …</param>
public sealed record ExportedPlaylist(string PlaylistId, DateTimeOffset LastAt, string Marks);
