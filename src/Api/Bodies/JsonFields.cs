using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Buddies.Api.Bodies;

/// <summary>Where a field's value stands in its object; empty when the field did not come.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FieldPlace(int Start, int Length);

/// <summary>The known fields of one JSON object: found first, read after, so that of a repeated key the last one counts.</summary>
/// <remarks>Every reader returns false and sets <see cref="Error"/> when a value is of the wrong type; absent and null read as null.</remarks>
internal ref struct JsonFields(ReadOnlySpan<byte> json, string[] names, Span<FieldPlace> places)
{
    private const int MaxDepth = 32;
    private readonly ReadOnlySpan<byte> _json = json;
    private readonly Span<FieldPlace> _places = places;

    /// <summary>What is wrong; null while nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Finds the values; fields of other names are passed over.</summary>
    public bool Locate()
    {
        _places.Clear();
        var reader = new Utf8JsonReader(_json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = FieldOf(ref reader);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (field >= 0)
                {
                    _places[field] = new(start, (int)reader.BytesConsumed - start);
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return Fail($"nested deeper than {MaxDepth} levels");
        }
    }

    /// <summary>Reads a string.</summary>
    public bool Text(int field, out string? value)
    {
        value = null;
        var reader = Open(field);
        return reader.TokenType switch
        {
            JsonTokenType.None or JsonTokenType.Null => true,
            JsonTokenType.String => TryDecode(ref reader, out value) || Fail($"{names[field]}: not valid Unicode"),
            _ => Fail($"{names[field]}: expected a string"),
        };
    }

    /// <summary>Reads a whole number.</summary>
    public bool Integer(int field, out int? value)
    {
        value = null;
        var reader = Open(field);
        if (reader.TokenType is JsonTokenType.None or JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var number))
        {
            return Fail($"{names[field]}: expected a whole number from {int.MinValue} to {int.MaxValue}");
        }

        value = number;
        return true;
    }

    /// <summary>Reads true or false.</summary>
    public bool Flag(int field, out bool? value)
    {
        var reader = Open(field);
        value = reader.TokenType switch { JsonTokenType.True => true, JsonTokenType.False => false, _ => null };
        return value is not null || reader.TokenType is JsonTokenType.None or JsonTokenType.Null
            || Fail($"{names[field]}: expected true or false");
    }

    /// <summary>Reads an array of strings.</summary>
    public bool Texts(int field, int maxCount, out List<string>? values)
    {
        values = null;
        var reader = Open(field);
        if (reader.TokenType is JsonTokenType.None or JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return Fail($"{names[field]}: expected an array of strings");
        }

        values = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (values.Count == maxCount)
            {
                return Fail($"{names[field]}: expected at most {maxCount} entries");
            }

            if (reader.TokenType != JsonTokenType.String || !TryDecode(ref reader, out var text))
            {
                return Fail($"{names[field]}: expected strings only, got something else at position {values.Count}");
            }

            values.Add(text!);
        }

        return true;
    }

    /// <summary>Reads an RFC 3339 time, which has seconds and an offset.</summary>
    public bool Time(int field, out DateTimeOffset? value)
    {
        value = null;
        if (!Text(field, out var text))
        {
            return false;
        }

        if (text is null)
        {
            return true;
        }

        var reader = Open(field);
        var hasOffset = text.Length >= 20 && (text[^1] is 'Z' || text[^6] is '+' or '-');
        if (!hasOffset || !reader.TryGetDateTimeOffset(out var time))
        {
            return Fail($"{names[field]}: expected an RFC 3339 time such as 2026-01-31T12:00:00Z");
        }

        value = time.ToUniversalTime();
        return true;
    }

    /// <summary>Reads any value as the JSON that it is.</summary>
    public bool Raw(int field, out string? value)
    {
        value = null;
        var bytes = Value(field);
        if (!Utf8.IsValid(bytes))
        {
            return Fail($"{names[field]}: not valid Unicode");
        }

        value = bytes.IsEmpty || bytes.SequenceEqual("null"u8) ? null : Encoding.UTF8.GetString(bytes);
        return true;
    }

    private static bool TryDecode(ref Utf8JsonReader reader, out string? text)
    {
        try
        {
            text = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            text = null; // Broken UTF-8, or half of a surrogate pair.
            return false;
        }
    }

    private readonly int FieldOf(ref Utf8JsonReader reader)
    {
        try
        {
            for (var i = 0; i < names.Length; i++)
            {
                if (reader.ValueTextEquals(names[i]))
                {
                    return i;
                }
            }
        }
        catch (InvalidOperationException)
        {
            // A name that is not valid Unicode is none of ours.
        }

        return -1;
    }

    private readonly ReadOnlySpan<byte> Value(int field) => _json.Slice(_places[field].Start, _places[field].Length);

    private readonly Utf8JsonReader Open(int field)
    {
        var bytes = Value(field);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!bytes.IsEmpty)
        {
            reader.Read();
        }

        return reader;
    }

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }
}
