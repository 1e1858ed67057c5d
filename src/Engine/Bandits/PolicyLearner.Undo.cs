using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Bandits;

/// <summary>What hides have taught, for as long as it may be taken back.</summary>
/// <remarks>
/// All that is learned are sums, so the difference that a hide made to them can be added again, faded as they have. What cannot be taken
/// back is that in between others were judged by a model that knew of it. Listeners are kept as hashes, and forgotten by them.
/// </remarks>
public sealed partial class PolicyLearner
{
    /// <summary>Hides that may still be taken back; the oldest gives way.</summary>
    public const int MaxHides = 2_048;

    /// <summary>Where less than this is left of it, a hide has been forgotten by itself.</summary>
    private const double LeastWeight = 0.01;

    /// <summary>Not the salt of any slice or experiment.</summary>
    private const ulong HideSalt = 0x41DE;

    private readonly LinkedList<LearnedHide> _hides = [];

    /// <summary>Takes back what a hide has taught.</summary>
    /// <param name="undone">Whose, and of what.</param>
    /// <returns>Whether anything was learned from it that is still known. A card of which something else is hidden too stays as it is.</returns>
    public bool TakeBack(in HideUndone undone)
    {
        var user = StableHash.Of(undone.User.Value, HideSalt);
        var isTaken = false;
        for (var node = _hides.First; node is not null;)
        {
            var (hide, next) = (node, node.Next);
            if (hide.Value.User == user && (undone.Playlist is null || hide.Value.Playlist == undone.Playlist?.Value) && hide.Value.Without(undone.Track) is { } left)
            {
                hide.Value = left;
                if (!left.IsItself && left.Tracks.Length == 0)
                {
                    _hides.Remove(hide);
                    Correct(left);
                    isTaken = true;
                }
            }

            node = next;
        }

        return isTaken;
    }

    /// <summary>Forgets that a listener has hidden anything. What was learned from it stays, as from all others.</summary>
    /// <param name="user">Whom.</param>
    /// <returns>Whether there was anything.</returns>
    public bool Forget(UserId user)
    {
        var hash = StableHash.Of(user.Value, HideSalt);
        return ForgetHides(hide => hide.User == hash);
    }

    private bool ForgetHides(Predicate<LearnedHide> isMeant)
    {
        var isKnown = false;
        for (var node = _hides.First; node is not null;)
        {
            var next = node.Next;
            if (isMeant(node.Value))
            {
                _hides.Remove(node);
                isKnown = true;
            }

            node = next;
        }

        return isKnown;
    }

    private void Note(LearnedHide hide)
    {
        if (_hides.Count == MaxHides)
        {
            _hides.RemoveFirst();
        }

        _hides.AddLast(hide);
    }

    private void NoteHide(RewardedPage page, HiddenCard hidden, double shelfReward, double promised)
    {
        var card = page.Page.Cards[hidden.Card];
        var change = hidden.Otherwise - page.Rewards[hidden.Card];
        Note(new LearnedHide(
            StableHash.Of(page.Page.User.Value, HideSalt),
            card.Playlist.Value,
            hidden.IsItself,
            [.. hidden.Tracks.Select(track => track.Value)],
            page.Page.Segment,
            card.Shelf,
            card.Choices[card.Chosen],
            page.Rewards[hidden.Card] - promised,
            change,
            Math.Clamp(shelfReward + change, -1, 1) - Math.Clamp(shelfReward, -1, 1),
            promised,
            1));
    }

    private void FadeHides(double factor)
    {
        for (var node = _hides.First; node is not null;)
        {
            var (hide, next) = (node, node.Next);
            hide.Value = hide.Value with { Weight = hide.Value.Weight * factor };
            if (hide.Value.Weight < LeastWeight)
            {
                _hides.Remove(hide);
            }

            node = next;
        }
    }

    private void Correct(LearnedHide hide)
    {
        var change = hide.Weight * hide.Change;
        for (var i = 0; i < _products.Length; i++)
        {
            _products[i] += hide.Features[i] * change;
        }

        var squares = ((hide.Surplus + hide.Change) * (hide.Surplus + hide.Change)) - (hide.Surplus * hide.Surplus);
        _squares = _squares with { Sum = Math.Max(0, _squares.Sum + (hide.Weight * squares)) };
        if (hide.Promised is { } promised)
        {
            _playlists.Correct(new PlaylistId(hide.Playlist), promised, hide.Surplus + promised, hide.Change, hide.Weight);
        }

        if (_shelves.TryGetValue((hide.Segment, hide.Shelf), out var shelf))
        {
            _shelves[(hide.Segment, hide.Shelf)] = shelf with { Sum = shelf.Sum + (hide.Weight * hide.ShelfChange) };
        }
    }

    /// <summary>One card that was hidden, and what that did to the sums; without a promise where it was learned before playlists had factors.</summary>
    private sealed record LearnedHide(
        ulong User, string Playlist, bool IsItself, string[] Tracks, int Segment, string Shelf, float[] Features,
        double Surplus, double Change, double ShelfChange, double? Promised, double Weight)
    {
        /// <summary>The same without one of its hides; null where that is none of them.</summary>
        public LearnedHide? Without(TrackId? track) => track is { } one
            ? Tracks.Contains(one.Value) ? this with { Tracks = [.. Tracks.Where(other => other != one.Value)] } : null
            : IsItself ? this with { IsItself = false } : null;

        public bool IsWhole => Playlist is not null && Tracks is not null && Shelf is not null && Features is { Length: CardFeatures.Count }
            && Segment is >= 0 and < Segments.Count && Weight is > 0 and <= 1;
    }
}
