using Buddies.Engine.Home;

namespace Buddies.Embedded;

/// <summary>
/// Numbers pages. A number is never given to two different pages of one shape, because a client that comes back with it
/// is sent nothing while the page still has it.
/// </summary>
internal sealed partial class Partition
{
    /// <summary>Few clients of one listener ask for more shapes of page than this.</summary>
    private const int KeptShapes = 4;

    private HomePage PageOf(UserState state, HomeRequest request)
    {
        var isFirst = state.Sequence == 0;
        if (isFirst)
        {
            // Before the first event this listener was shown what strangers see; the first page of one's own is newer.
            state.Sequence = _runtime.StrangerSequence + (state.Facts.EventCount > 0 ? 1 : 0);
        }

        if (state.Subscriptions.Count > 0)
        {
            // Until the new page is known every move matters: it may come after the search for buddies below.
            state.Watch = null;
        }

        var page = HomeBuilder.Build(InputsOf(state.Id, state.Facts, state, out var watch), request, state.Sequence);
        if (state.Subscriptions.Count > 0)
        {
            state.Watch = watch;
        }

        var at = state.Pages.FindIndex(kept => IsSameShape(kept.Request, request));
        var isNew = at >= 0 ? !page.ShowsTheSameAs(state.Pages[at].Page) : !isFirst;
        if (isNew)
        {
            page = page.WithSequence(++state.Sequence);
        }

        if (at >= 0)
        {
            state.Pages.RemoveAt(at);
        }
        else if (state.Pages.Count == KeptShapes)
        {
            state.Pages.RemoveAt(0);
        }

        state.Pages.Add((request, page));
        return page;
    }

    private static bool IsSameShape(HomeRequest left, HomeRequest right) =>
        left.Shelves == right.Shelves && left.Cards == right.Cards && left.Exclude.SequenceEqual(right.Exclude);
}
