using System.Numerics;

namespace Buddies.Engine.Vectors;

/// <summary>Keeps the K highest-scored items of a stream; equal scores rank by the lower item number.</summary>
/// <remarks>A binary heap with the worst kept item at its root, in buffers that the caller owns. Not thread-safe.</remarks>
public ref struct TopK
{
    private readonly Span<int> _items;
    private readonly Span<float> _scores;

    /// <summary>Starts empty.</summary>
    /// <param name="items">Room for K item numbers.</param>
    /// <param name="scores">Room for K scores.</param>
    /// <exception cref="ArgumentException">The two are not of one length.</exception>
    public TopK(Span<int> items, Span<float> scores)
    {
        if (items.Length != scores.Length)
        {
            throw new ArgumentException($"Expected buffers of one length, got {items.Length} and {scores.Length}.");
        }

        _items = items;
        _scores = scores;
    }

    /// <summary>Goes on with buffers that were filled before and not sorted since.</summary>
    /// <param name="items">Room for K item numbers.</param>
    /// <param name="scores">Room for K scores.</param>
    /// <param name="count">How many are kept already.</param>
    /// <exception cref="ArgumentException">The two are not of one length, or shorter than the count.</exception>
    public TopK(Span<int> items, Span<float> scores, int count)
        : this(items, scores)
    {
        if ((uint)count > (uint)items.Length)
        {
            throw new ArgumentException($"Expected a count of 0 to {items.Length}, got {count}.", nameof(count));
        }

        Count = count;
    }

    /// <summary>How many items are kept so far, 0 to K.</summary>
    public int Count { get; private set; }

    /// <summary>Offers every item of a range to an empty list, passing over whole vectors of scores that cannot be kept.</summary>
    /// <param name="scores">The score of item i at place i; NaN is never kept.</param>
    /// <exception cref="InvalidOperationException">Something is kept already.</exception>
    /// <remarks>The same as offering one after the other.</remarks>
    public void OfferAll(ReadOnlySpan<float> scores)
    {
        if (Count > 0)
        {
            throw new InvalidOperationException($"Expected an empty list, got one of {Count}.");
        }

        var lanes = Vector<float>.Count;
        var item = 0;
        for (; item + lanes <= scores.Length; item += lanes)
        {
            if (Count == _items.Length && (Count == 0 || !Vector.GreaterThanAny(new Vector<float>(scores[item..]), new Vector<float>(_scores[0]))))
            {
                // An equal score comes with a higher number than the worst kept, and so ranks below it.
                continue;
            }

            for (var i = item; i < item + lanes; i++)
            {
                Offer(i, scores[i]);
            }
        }

        for (; item < scores.Length; item++)
        {
            Offer(item, scores[item]);
        }
    }

    /// <summary>Offers an item.</summary>
    /// <param name="item">Its number; each number at most once.</param>
    /// <param name="score">Its score; NaN is never kept.</param>
    public void Offer(int item, float score)
    {
        if (float.IsNaN(score))
        {
            return;
        }

        if (Count < _items.Length)
        {
            _items[Count] = item;
            _scores[Count] = score;
            SiftUp(Count++);
        }
        else if (Count > 0 && IsBetter(item, score, _items[0], _scores[0]))
        {
            _items[0] = item;
            _scores[0] = score;
            SiftDown(0, Count);
        }
    }

    /// <summary>Orders what was kept, best first; nothing may be offered afterwards.</summary>
    /// <returns>How many are kept.</returns>
    public readonly int Sort()
    {
        for (var end = Count - 1; end > 0; end--)
        {
            Swap(0, end);
            SiftDown(0, end);
        }

        return Count;
    }

    private static bool IsBetter(int item, float score, int otherItem, float otherScore) =>
        score > otherScore || (score == otherScore && item < otherItem);

    private readonly void SiftUp(int at)
    {
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (!IsBetter(_items[parent], _scores[parent], _items[at], _scores[at]))
            {
                return;
            }

            Swap(parent, at);
            at = parent;
        }
    }

    private readonly void SiftDown(int at, int end)
    {
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= end)
            {
                return;
            }

            if (child + 1 < end && IsBetter(_items[child], _scores[child], _items[child + 1], _scores[child + 1]))
            {
                child++;
            }

            if (!IsBetter(_items[at], _scores[at], _items[child], _scores[child]))
            {
                return;
            }

            Swap(at, child);
            at = child;
        }
    }

    private readonly void Swap(int left, int right)
    {
        (_items[left], _items[right]) = (_items[right], _items[left]);
        (_scores[left], _scores[right]) = (_scores[right], _scores[left]);
    }
}
