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

    private readonly List<(HomeRequest Request, HomePage Page)> _pages = [];
    private (BuddyList List, long Sequence)? _list;

    /// <summary>The number given last.</summary>
    public long Sequence { get; private set; } = first;

    /// <summary>Numbers a page as it was just made.</summary>
    public (HomePage Page, bool IsNew) Number(HomeRequest request, HomePage made)
    {
        var at = _pages.FindIndex(kept => IsSameShape(kept.Request, request));
        var isNew = at < 0 || !made.ShowsTheSameAs(_pages[at].Page);
        var page = made.WithSequence(isNew ? ++Sequence : _pages[at].Page.Sequence);
        if (at >= 0)
        {
            _pages.RemoveAt(at);
        }
        else if (_pages.Count == KeptShapes)
        {
            _pages.RemoveAt(0);
        }

        _pages.Add((request, page));
        return (page, isNew);
    }

    /// <summary>Numbers a list as it was just made.</summary>
    public (BuddyList List, long Sequence, bool IsNew) Number(BuddyList made)
    {
        var isNew = _list is not { } kept || !made.ShowsTheSameAs(kept.List);
        _list = (made, isNew ? ++Sequence : _list!.Value.Sequence);
        return (made, _list.Value.Sequence, isNew);
    }

    public static bool IsSameShape(HomeRequest left, HomeRequest right) =>
        left.Shelves == right.Shelves && left.Cards == right.Cards && left.Exclude.SequenceEqual(right.Exclude);
}
