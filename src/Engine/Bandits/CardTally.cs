using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Bandits;

/// <summary>What has become of one card so far.</summary>
internal sealed class CardTally
{
    private const int FastMs = 30_000;

    private readonly HashSet<TrackId> _heard = [];
    private readonly HashSet<TrackId> _hiddenTracks = [];
    private bool _isItselfHidden;

    public CardOutcome Outcome { get; private set; }

    public bool IsVisible { get; private set; }

    public void Count(in UserEvent @event, int tracksOfPlaylist)
    {
        // A track is played from a card only after the card was opened.
        var isPlay = @event.Kind is EventKind.Listen or EventKind.Skip;
        var outcome = Outcome with { IsClicked = Outcome.IsClicked || isPlay || @event.Kind == EventKind.Click };
        switch (@event.Kind)
        {
            case EventKind.Listen or EventKind.Skip when @event.PlayedMs is null ? @event.Kind == EventKind.Listen : @event.PlayedMs >= FastMs:
                var isNew = @event.Track is { } track && _heard.Add(track);
                outcome = outcome with
                {
                    Listens = outcome.Listens + 1,
                    HeardShare = isNew && tracksOfPlaylist > 0 ? _heard.Count / (double)tracksOfPlaylist : outcome.HeardShare,
                };
                break;
            case EventKind.Listen or EventKind.Skip:
                outcome = outcome with { FastSkips = outcome.FastSkips + 1 };
                break;
            case EventKind.Like:
                outcome = outcome with { Liked = outcome.Liked + 1, IsHidden = Hide(@event.Track, false) };
                break;
            case EventKind.Unlike:
                outcome = outcome with { Liked = Math.Max(0, outcome.Liked - 1) };
                break;
            case EventKind.Save:
                outcome = outcome with { IsSaved = true };
                break;
            case EventKind.Follow or EventKind.Unfollow:
                outcome = outcome with { IsFollowed = @event.Kind == EventKind.Follow };
                break;
            case EventKind.Hide or EventKind.Unhide:
                outcome = outcome with { IsHidden = Hide(@event.Track, @event.Kind == EventKind.Hide) };
                break;
            case EventKind.Impression:
                IsVisible = true;
                break;
            default:
                break;
        }

        Outcome = outcome;
    }

    /// <summary>Whether the hide of a track, or without one of the playlist itself, has counted for this card.</summary>
    public bool HasHidden(TrackId? track) => track is { } one ? _hiddenTracks.Contains(one) : _isItselfHidden;

    /// <summary>What was hidden of the card; null where nothing is.</summary>
    public HiddenCard? HiddenAt(int card) => Outcome.IsHidden
        ? new HiddenCard(card, Rewards.Of(Outcome with { IsHidden = false }), _isItselfHidden, [.. _hiddenTracks])
        : null;

    /// <summary>Marks or takes back one hide; another one may go on.</summary>
    private bool Hide(TrackId? track, bool isHidden)
    {
        if (track is not { } one)
        {
            _isItselfHidden = isHidden;
        }
        else if (isHidden)
        {
            _hiddenTracks.Add(one);
        }
        else
        {
            _hiddenTracks.Remove(one);
        }

        return _isItselfHidden || _hiddenTracks.Count > 0;
    }
}
