using System.Text.Json;
using Buddies.Api.Contracts;

namespace Buddies.Api.Bodies;

/// <summary>Reads one item from one JSON object.</summary>
/// <param name="json">A syntactically whole JSON object.</param>
/// <param name="item">The item, when it is acceptable.</param>
/// <returns>Null when it is acceptable; else what is wrong with it.</returns>
internal delegate string? ItemParser<T>(ReadOnlySpan<byte> json, out T item);

/// <summary>Reads one item in one pass, if it is an ordinary one.</summary>
/// <param name="reader">At the object's beginning; at its end when the item is acceptable, anywhere else when not.</param>
/// <param name="item">The item, when it is acceptable.</param>
/// <returns>False for whatever the <see cref="ItemParser{T}"/> is to judge.</returns>
/// <exception cref="JsonException">It is not JSON.</exception>
internal delegate bool QuickItemParser<T>(ref Utf8JsonReader reader, out T item);

/// <summary>How the items of one endpoint are read.</summary>
/// <param name="Parse">Judges one item.</param>
/// <param name="ParseQuickly">Reads ordinary ones faster; null where there is no such way.</param>
/// <param name="MaxItemBytes">A longer item is refused before it is read.</param>
internal sealed record ItemFormat<T>(ItemParser<T> Parse, QuickItemParser<T>? ParseQuickly = null, int MaxItemBytes = int.MaxValue);

/// <summary>What a body held, item by item: one bad item does not spoil the others.</summary>
/// <param name="format">How one item is read.</param>
/// <param name="maxItems">Most items that are taken.</param>
internal sealed class Batch<T>(ItemFormat<T> format, int maxItems)
{
    /// <summary>A body's usual bytes for one item: room for all of them is made at once.</summary>
    private const int UsualItemBytes = 160;

    /// <summary>The acceptable items in order.</summary>
    public List<T> Items { get; } = [];

    /// <summary>The others, by their position in the body.</summary>
    public List<ItemError> Rejected { get; } = [];

    /// <summary>How many items came.</summary>
    public int Count => Items.Count + Rejected.Count;

    /// <summary>How many of them are not even JSON objects.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Whether one more item would be too many.</summary>
    public bool IsFull => Count >= maxItems;

    /// <summary>Makes room for as many items as a body of so many bytes usually holds.</summary>
    public void Expect(int bodyBytes) => Items.EnsureCapacity(Math.Min(maxItems, (bodyBytes / UsualItemBytes) + 1));

    /// <summary>Reads an object of an array if it is an ordinary one.</summary>
    /// <param name="reader">At the object's beginning; at its end when it was taken, where it was when not.</param>
    /// <returns>Whether it was taken.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public bool TryAddQuickly(ref Utf8JsonReader reader)
    {
        var ahead = reader;
        if (format.ParseQuickly is not { } parse
            || !parse(ref ahead, out var item)
            || ahead.BytesConsumed - reader.TokenStartIndex > format.MaxItemBytes)
        {
            return false;
        }

        reader = ahead;
        Items.Add(item);
        return true;
    }

    /// <summary>Reads a line if it is an ordinary object and nothing else.</summary>
    /// <returns>Whether it was taken.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public bool TryAddQuickly(ReadOnlySpan<byte> line, JsonReaderOptions options)
    {
        var reader = new Utf8JsonReader(line, options);
        if (format.ParseQuickly is not { } parse
            || line.Length > format.MaxItemBytes
            || !reader.Read()
            || reader.TokenType != JsonTokenType.StartObject
            || !parse(ref reader, out var item))
        {
            return false;
        }

        reader.Read(); // Throws when anything but white space follows.
        Items.Add(item);
        return true;
    }

    /// <summary>Takes a whole JSON value.</summary>
    public void Add(ReadOnlySpan<byte> json)
    {
        if (json.Length > format.MaxItemBytes)
        {
            Rejected.Add(new(Count, $"longer than {format.MaxItemBytes} bytes"));
        }
        else if (json[0] != (byte)'{')
        {
            AddUnreadable("expected an object");
        }
        else if (format.Parse(json, out var item) is { } error)
        {
            Rejected.Add(new(Count, error));
        }
        else
        {
            Items.Add(item);
        }
    }

    /// <summary>Takes note of an item that cannot be read.</summary>
    public void AddUnreadable(string error)
    {
        Rejected.Add(new(Count, error));
        Unreadable++;
    }
}
