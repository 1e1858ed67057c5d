using System.Text.Json;

namespace Buddies.Training.Import;

/// <summary>Reads one playlist from JSON whose every token is in memory; fields it does not know are passed over.</summary>
/// <remarks>TrySkip always succeeds here; Skip would throw, for the reader cannot know that the element is complete.</remarks>
internal static class MpdPlaylistParser
{
    /// <summary>Reads one element of the list of playlists.</summary>
    /// <param name="json">Stands on the element's first token; afterwards on its last. The whole element is in its buffer.</param>
    /// <param name="baseOffset">Where the reader's buffer begins in the file.</param>
    public static MpdPlaylist Read(ref Utf8JsonReader json, long baseOffset)
    {
        var playlist = new MpdPlaylist { Offset = baseOffset + json.TokenStartIndex };
        if (json.TokenType != JsonTokenType.StartObject)
        {
            playlist.Problem = $"playlists: expected an object, got {json.TokenType}";
            json.TrySkip();
            return playlist;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(json);
            json.Read();
            try
            {
                ReadField(ref json, field, playlist, baseOffset);
            }
            catch (InvalidOperationException)
            {
                // A string whose bytes are not UTF-8, or half a surrogate pair.
                playlist.Problem ??= $"{field}: expected text in UTF-8, got bytes that are not";
            }
        }

        playlist.Problem ??= playlist.Pid is null ? "pid: expected a whole number, got none" : null;
        return playlist;
    }

    private static string FieldOf(in Utf8JsonReader json) =>
        json.ValueTextEquals("name"u8) ? "name"
        : json.ValueTextEquals("pid"u8) ? "pid"
        : json.ValueTextEquals("modified_at"u8) ? "modified_at"
        : json.ValueTextEquals("num_followers"u8) ? "num_followers"
        : json.ValueTextEquals("tracks"u8) ? "tracks"
        : "";

    private static void ReadField(ref Utf8JsonReader json, string field, MpdPlaylist playlist, long baseOffset)
    {
        switch (field)
        {
            case "name" when json.TokenType == JsonTokenType.String:
                playlist.Name = json.GetString()!;
                break;
            case "pid" when json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var pid):
                playlist.Pid = pid;
                break;
            case "modified_at" when json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var seconds):
                playlist.ModifiedAt = seconds;
                break;
            case "num_followers" when json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var followers) && followers >= 0:
                playlist.Followers = followers;
                break;
            case "tracks" when json.TokenType == JsonTokenType.StartArray:
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                {
                    playlist.Entries.Add(ReadEntry(ref json, baseOffset));
                }

                break;
            case "":
                json.TrySkip();
                break;
            default:
                playlist.Problem ??= $"{field}: expected {Expected(field)}, got {json.TokenType}";
                json.TrySkip();
                break;
        }
    }

    private static string Expected(string field) => field switch
    {
        "name" => "text",
        "tracks" => "an array",
        "num_followers" => "a number from 0",
        _ => "a whole number",
    };

    private static MpdEntry ReadEntry(ref Utf8JsonReader json, long baseOffset)
    {
        var offset = baseOffset + json.TokenStartIndex;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            var found = json.TokenType;
            json.TrySkip();
            return new MpdEntry(null, "", null, offset, $"tracks: expected an object, got {found}");
        }

        string? track = null, title = null, artist = null, problem = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isTrack = json.ValueTextEquals("track_uri"u8);
            var isTitle = json.ValueTextEquals("track_name"u8);
            var isArtist = json.ValueTextEquals("artist_name"u8);
            json.Read();
            if (json.TokenType != JsonTokenType.String || !(isTrack || isTitle || isArtist))
            {
                json.TrySkip();
                continue;
            }

            try
            {
                var text = json.GetString();
                (track, title, artist) = (isTrack ? text : track, isTitle ? text : title, isArtist ? text : artist);
            }
            catch (InvalidOperationException)
            {
                problem ??= "expected text in UTF-8, got bytes that are not";
            }
        }

        return new MpdEntry(track, title ?? "", artist, offset, problem);
    }
}
