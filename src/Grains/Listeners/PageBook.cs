using Buddies.Engine.Buddies;
using Buddies.Engine.Home;

namespace Buddies.Grains.Listeners;

/// <summary>
/// Numbers the pages and the lists of one listener from one counter: what shows the same keeps its number, whatever is
/// new gets the next. A number is never given twice.
/// </summary>
/// <param name="first">Above every number of the listener's former activations.</param>
internal sealed class PageBook(long first)
{
    /// <summary>Few clients of one listener ask for more shapes of page than this.</summary>
    private const int KeptShapes = 4;

    /// <summary>Pages that were pushed, and replaced before it was known that they had left.</summary>
    private const int KeptReplaced = 8;

    private readonly List<(HomeRequest Request, HomePage Page, SentPage? Sent)> _pages = [];
    private readonly Queue<SentPage> _replaced = new();
    private (BuddyList List, long Sequence)? _list;

    /// <summary>The number given last.</summary>
    public long Sequence { get; private set; } = first;

    /// <summary>Numbers a page as it was just made.</summary>
    public (HomePage Page, SentPage? Sent, bool IsNew) Number(HomeRequest request, HomeResult made)
    {
        var at = _pages.FindIndex(kept => IsSameShape(kept.Request, request));
        var isNew = at < 0 || !made.Page.ShowsTheSameAs(_pages[at].Page);
        made = made.WithSequence(isNew ? ++Sequence : _pages[at].Page.Sequence);

        // A page that shows the same is the same impression: the propensities that it was drawn with stand.
        var sent = !isNew ? _pages[at].Sent : made.Shown is { } shown ? new SentPage(shown) : null;
        if (at >= 0 || _pages.Count == KeptShapes)
        {
            LetGoOf(Math.Max(0, at), isNew);
        }

        _pages.Add((request, made.Page, sent));
        return (made.Page, sent, isNew);
    }

    /// <summary>Numbers a list as it was just made.</summary>
    public (BuddyList List, long Sequence, bool IsNew) Number(BuddyList made)
    {
        var isNew = _list is not { } kept || !made.ShowsTheSameAs(kept.List);
        _list = (made, isNew ? ++Sequence : _list!.Value.Sequence);
        return (made, _list.Value.Sequence, isNew);
    }

    /// <summary>How a page of late came about; null for one that is not known any more.</summary>
    public SentPage? Find(long sequence) =>
        _pages.Find(kept => kept.Page.Sequence == sequence).Sent ?? _replaced.FirstOrDefault(sent => sent.Shown.Sequence == sequence);

    /// <summary>Forgets how pages came about.</summary>
    public void Forget()
    {
        _pages.Clear();
        _replaced.Clear();
    }

    public static bool IsSameShape(HomeRequest left, HomeRequest right) =>
        left.Shelves == right.Shelves && left.Cards == right.Cards && left.Discovery == right.Discovery && left.Exclude.SequenceEqual(right.Exclude);

    private void LetGoOf(int at, bool isReplaced)
    {
        if (isReplaced && _pages[at].Sent is { IsLogged: false } sent)
        {
            _replaced.Enqueue(sent);
            if (_replaced.Count > KeptReplaced)
            {
                _replaced.Dequeue();
            }
        }

        _pages.RemoveAt(at);
    }
}
