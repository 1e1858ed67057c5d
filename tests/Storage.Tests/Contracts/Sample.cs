using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>Plain rows for tests.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static UserEvent Listen(string user, string id, string track = "t1", string? playlist = null) => new(
        new EventId(id),
        new UserId(user),
        EventKind.Listen,
        new TrackId(track),
        playlist is null ? null : new PlaylistId(playlist),
        180_000,
        200_000,
        Noon);

    public static Track Track(string id, string title = "Title", params string[] tags) =>
        new(new TrackId(id), title, "Artist of " + id, tags);

    public static Playlist Playlist(string id, string owner, params string[] tracks) => new(
        new PlaylistId(id),
        "Title of " + id,
        new UserId(owner),
        true,
        [.. tracks.Select(t => new TrackId(t))],
        3);
}
