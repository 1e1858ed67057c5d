using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Api.Bodies;

/// <summary>Reads one track of <c>PUT /v1/tracks</c>.</summary>
internal static class TrackParser
{
    private const int MaxTags = 16;
    private static readonly string[] s_names = ["id", "title", "artist", "tags"];

    /// <inheritdoc cref="ItemParser{T}"/>
    public static string? Parse(ReadOnlySpan<byte> json, out Track item)
    {
        item = null!;
        var fields = new JsonFields(json, s_names, stackalloc FieldPlace[4]);
        if (!(fields.Locate()
            && fields.Text(0, out var id) & fields.Text(1, out var title) & fields.Text(2, out var artist)
            & fields.Texts(3, MaxTags, out var tags)))
        {
            return fields.Error;
        }

        var error = EventRules.FindIdError(id, "id")
            ?? TextRules.FindError(title, "title", 1, TextRules.MaxTitleLength)
            ?? TextRules.FindError(artist, "artist", 0, TextRules.MaxTitleLength)
            ?? tags?.Select(tag => TextRules.FindError(tag, "tags", 1, TextRules.MaxTagLength)).FirstOrDefault(e => e is not null);
        if (error is null)
        {
            item = new Track(new TrackId(id!), title!, artist ?? "", tags ?? []);
        }

        return error;
    }
}
