using System.Text.Json;
using Buddies.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Bodies;

/// <summary>Cuts a body into its items.</summary>
internal static class BatchSplitter
{
    // Deeper than any item may be, so that one deep item is that item's own error and not the array's.
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 512 };

    /// <summary>Reads every item of a body.</summary>
    /// <returns>Null, or the answer when the body as a whole is refused.</returns>
    public static ProblemHttpResult? Read<T>(ReadOnlySpan<byte> body, BodyFormat format, Batch<T> batch)
    {
        var whole = format == BodyFormat.JsonArray ? ReadArray(body, batch) : ReadLines(body, batch);
        if (!whole)
        {
            return Problem.Of(ProblemKind.TooManyItems, $"At most {batch.Count} items are taken in one request.");
        }

        return null;
    }

    /// <exception cref="JsonException">The array breaks; nothing of it counts then.</exception>
    private static bool ReadArray<T>(ReadOnlySpan<byte> body, Batch<T> batch)
    {
        var reader = new Utf8JsonReader(body, s_options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("expected an array", null, 0, reader.TokenStartIndex);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (batch.IsFull)
            {
                return false;
            }

            if (reader.TokenType == JsonTokenType.StartObject && batch.TryAddQuickly(ref reader))
            {
                continue;
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            batch.Add(body[start..(int)reader.BytesConsumed]);
        }

        reader.Read(); // Throws when anything but white space follows.
        return true;
    }

    private static bool ReadLines<T>(ReadOnlySpan<byte> body, Batch<T> batch)
    {
        foreach (var range in body.Split((byte)'\n'))
        {
            var line = body[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (batch.IsFull)
            {
                return false;
            }

            try
            {
                if (!batch.TryAddQuickly(line, s_options))
                {
                    CheckSyntax(line);
                    batch.Add(line);
                }
            }
            catch (JsonException e)
            {
                batch.AddUnreadable($"not JSON, at byte {e.BytePositionInLine ?? 0} of the line");
            }
        }

        return true;
    }

    private static void CheckSyntax(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, s_options);
        reader.Read();
        reader.Skip();
        reader.Read(); // Throws when anything but white space follows.
    }
}
