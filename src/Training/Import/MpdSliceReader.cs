using System.Text.Json;
using System.Text.Unicode;

namespace Buddies.Training.Import;

/// <summary>Streams the playlists of one MPD slice; memory is bounded by the largest playlist, not by the file.</summary>
/// <remarks>
/// A playlist is parsed once all of it is in the window: a copy of the JSON reader looks ahead to its closing brace, and
/// while that is not there, the window is filled further.
/// </remarks>
internal sealed class MpdSliceReader(JsonWindow window)
{
    private JsonReaderState _state;
    private Place _place = Place.Start;
    private int _consumed;

    private enum Place
    {
        Start,
        Root,
        Info,
        InfoSlice,
        PlaylistsValue,
        Playlists,
        End,
    }

    /// <summary>The slice's own name; null while it has not been read.</summary>
    public string? Slice { get; private set; }

    /// <summary>Whether the file has a list of playlists: whether it is a slice at all.</summary>
    public bool HasPlaylists { get; private set; }

    /// <summary>Reads the next playlist; it stays in the window until the next call.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="JsonException">The file is cut or is not JSON; line and position are those of the file, from 0.</exception>
    public MpdPlaylist? Next()
    {
        while (_place != Place.End)
        {
            window.Advance(_consumed);
            _consumed = 0;
            var json = new Utf8JsonReader(window.Bytes, window.IsAtEnd, _state);
            var playlist = Scan(ref json);
            _state = json.CurrentState;
            _consumed = (int)json.BytesConsumed;
            if (playlist is not null)
            {
                return playlist;
            }

            if (_place != Place.End)
            {
                window.Advance(_consumed);
                _consumed = 0;
                window.Fill();
            }
        }

        return null;
    }

    /// <summary>Reads on until a playlist is complete, or returns null: at the file's end, or where bytes are lacking.</summary>
    private MpdPlaylist? Scan(ref Utf8JsonReader json)
    {
        while (true)
        {
            var before = json;
            if (!json.Read())
            {
                _place = window.IsAtEnd ? Place.End : _place;
                return null;
            }

            if (_place != Place.Playlists)
            {
                _place = PlaceAfter(json);
            }
            else if (json.TokenType == JsonTokenType.EndArray)
            {
                _place = Place.Root;
            }
            else if (!IsComplete(json))
            {
                json = before;
                return null;
            }
            else
            {
                return MpdPlaylistParser.Read(ref json, window.Offset);
            }
        }
    }

    private static bool IsComplete(Utf8JsonReader ahead) => ahead.TrySkip();

    private Place PlaceAfter(in Utf8JsonReader json)
    {
        switch (_place)
        {
            case Place.Root when json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1:
                return json.ValueTextEquals("info"u8) ? Place.Info
                    : json.ValueTextEquals("playlists"u8) ? Place.PlaylistsValue
                    : Place.Root;
            case Place.Info when json.TokenType == JsonTokenType.PropertyName:
                return json.ValueTextEquals("slice"u8) ? Place.InfoSlice : Place.Info;
            case Place.Info when json.CurrentDepth == 1 && json.TokenType != JsonTokenType.StartObject:
                return Place.Root;
            case Place.InfoSlice:
                Slice = json.TokenType == JsonTokenType.String && Utf8.IsValid(json.ValueSpan) && !json.ValueIsEscaped ? json.GetString() : null;
                return Place.Info;
            case Place.PlaylistsValue when json.TokenType == JsonTokenType.StartArray:
                HasPlaylists = true;
                return Place.Playlists;
            case Place.Start or Place.PlaylistsValue:
                return Place.Root;
            default:
                return _place;
        }
    }
}
