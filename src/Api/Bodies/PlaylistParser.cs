using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Api.Bodies;

/// <summary>Reads one playlist of <c>PUT /v1/playlists</c>.</summary>
internal static class PlaylistParser
{
    private const int MaxTracks = 10_000;
    private static readonly string[] s_names = ["id", "title", "ownerId", "public", "trackIds", "followers"];

    /// <inheritdoc cref="ItemParser{T}"/>
    public static string? Parse(ReadOnlySpan<byte> json, out Playlist item)
    {
        item = null!;
        var fields = new JsonFields(json, s_names, stackalloc FieldPlace[6]);
        if (!(fields.Locate()
            && fields.Text(0, out var id) & fields.Text(1, out var title) & fields.Text(2, out var owner)
            & fields.Flag(3, out var isPublic) & fields.Texts(4, MaxTracks, out var tracks) & fields.Integer(5, out var followers)))
        {
            return fields.Error;
        }

        var error = EventRules.FindIdError(id, "id")
            ?? TextRules.FindError(title, "title", 1, TextRules.MaxTitleLength)
            ?? EventRules.FindIdError(owner, "ownerId")
            ?? (isPublic is null ? "public: required" : null)
            ?? (tracks is not { Count: > 0 } ? $"trackIds: expected 1 to {MaxTracks} entries, got none" : null)
            ?? tracks!.Select(track => EventRules.FindIdError(track, "trackIds")).FirstOrDefault(e => e is not null)
            ?? (followers < 0 ? $"followers: expected 0 or more, got {followers}" : null);
        if (error is null)
        {
            item = new Playlist(
                new PlaylistId(id!), title!, new UserId(owner!), isPublic!.Value, [.. tracks!.Select(t => new TrackId(t))], followers ?? 0);
        }

        return error;
    }
}
