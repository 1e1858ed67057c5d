using Buddies.Api.Contracts;

namespace Buddies.Api.Bodies;

/// <summary>Reads one item from one JSON object.</summary>
/// <param name="json">A syntactically whole JSON object.</param>
/// <param name="item">The item, when it is acceptable.</param>
/// <returns>Null when it is acceptable; else what is wrong with it.</returns>
internal delegate string? ItemParser<T>(ReadOnlySpan<byte> json, out T item);

/// <summary>What a body held, item by item: one bad item does not spoil the others.</summary>
/// <param name="parse">Reads one item.</param>
/// <param name="maxItems">Most items that are taken.</param>
internal sealed class Batch<T>(ItemParser<T> parse, int maxItems)
{
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

    /// <summary>Takes a whole JSON value.</summary>
    public void Add(ReadOnlySpan<byte> json)
    {
        if (json[0] != (byte)'{')
        {
            AddUnreadable("expected an object");
        }
        else if (parse(json, out var item) is { } error)
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
