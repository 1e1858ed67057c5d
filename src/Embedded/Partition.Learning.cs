using System.Globalization;
using Buddies.Embedded.Learning;
using Buddies.Engine.Bandits;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded;

/// <summary>What a partition knows of its listeners' visits, and what comes of the pages they were sent.</summary>
internal sealed partial class Partition
{
    private readonly HomeLearning? _learning;
    private readonly VisitMemories _memories;
    private readonly RewardJoin? _join;

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A page has left for its client.</summary>
    public void OnSent(SentPage? sent)
    {
        if (sent is null || sent.IsLogged || _learning is null)
        {
            return;
        }

        sent.IsLogged = true;
        _join!.OnShown(sent.Shown);
        _learning.OnShown(sent.Shown);
    }

    /// <summary>A page of a live stream has left; its listener may have been erased meanwhile.</summary>
    public void OnStreamed(SentPage sent)
    {
        if (_runtime.Users.Find(sent.Shown.User) is not null)
        {
            OnSent(sent);
        }
    }

    /// <summary>Pages whose time for rewards is over.</summary>
    public IReadOnlyList<RewardedPage> CloseRewards(long nowMs) => _join?.Close(nowMs) ?? [];

    /// <summary>Hides that were taken back after their pages were closed.</summary>
    public IReadOnlyList<HideUndone> TakeUndoneHides() => _join?.TakeUndone() ?? [];

    /// <summary>Takes an event of the log's end into what is remembered of visits; before the partition works.</summary>
    public void Remember(UserState state, in UserEvent @event)
    {
        if (@event.Playlist is { } id && _runtime.Catalogue.TryFind(id, out var playlist) && IsOfVisits(@event.Kind))
        {
            _memories.Of(state.Index).Apply(@event.Kind, playlist, @event.OccurredAt.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>How a card of a page came to stand where it stands; null for one that is not known any more.</summary>
    public CardStory? Why(UserId user, string impressionId)
    {
        var parts = impressionId.Split('-');
        if (_learning is null || parts.Length != 3 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return null;
        }

        var page = _join!.Find(user, sequence)
            ?? _runtime.Users.Find(user)?.Attention?.Pages.Find(kept => kept.Page.Sequence == sequence).Sent?.Shown;
        return page?.Cards.FirstOrDefault(card => page.IdOf(card) == impressionId) is { } card ? new CardStory(page!, card, _learning.State) : null;
    }

    /// <summary>How the listener's pages are decided.</summary>
    public ListenerStory? Story(UserId user)
    {
        if (_learning is null)
        {
            return null;
        }

        var state = _runtime.Users.Find(user);
        var facts = state?.Facts ?? _nobody;
        var model = _plan.Of(user)?.Model;
        var session = new float[model?.Dimension ?? 1];
        if (model is not null)
        {
            DeriveSession(facts, model, session);
        }

        var length = System.Numerics.Tensors.TensorPrimitives.Norm<float>(session);
        var memory = state is null ? null : _memories.Find(state.Index);
        return new ListenerStory(
            user,
            Segments.Of(facts, length),
            Math.Min(1, length),
            _learning.PolicyOf(user),
            _learning.Settings.Of(user),
            [.. _learning.Experiments.Select(desk => (desk.Name, desk.Experiment.Definition.VariantOf(user) is { } variant ? desk.Experiment.Definition.Variants[variant].Name : null))],
            memory?.Seen.Count ?? 0,
            [.. (memory?.Played ?? []).Select(played => (_runtime.Catalogue.IdOf(played.Playlist), played.LastAtMs))]);
    }

    /// <summary>Begins a visit where there is none, or the former one is over and the listener asks anew.</summary>
    private void BeginVisit(UserState state, Attention attention, bool isAsked)
    {
        var now = NowMs;
        if (_learning is not null && (attention.VisitMs == 0 || (isAsked && now - attention.VisitMs >= _learning.Options.Visit.TotalMilliseconds)))
        {
            attention.VisitMs = Math.Max(1, now);
            _memories.Find(state.Index)?.BeginVisit();
        }
    }

    /// <summary>Lets pages, rewards and counts hear of an event that was applied.</summary>
    private void Learn(UserState state, in UserEvent @event)
    {
        if (_learning is null)
        {
            return;
        }

        // A client's clock may be off by as much as is let in: what comes now has happened now.
        var now = NowMs;
        var at = @event.OccurredAt.ToUnixTimeMilliseconds();
        at = Math.Abs(now - at) <= EventRules.ClockSkew.TotalMilliseconds ? now : at;
        if (@event.Playlist is not { } id || !_runtime.Catalogue.TryFind(id, out var playlist))
        {
            if (@event.Kind == EventKind.Unhide)
            {
                // The player knows no playlist; the hide may have.
                _join!.OnEvent(@event, 0);
            }

            _learning.Insights.OnOtherEvent(@event, at);
            return;
        }

        if (IsOfVisits(@event.Kind))
        {
            _memories.Of(state.Index).Apply(@event.Kind, playlist, at);
        }

        if (@event.Kind == EventKind.Impression)
        {
            _learning.Fresh.OnSeen(playlist);
        }

        var tracks = _runtime.Catalogue.Describe(playlist)?.Ascending.Length ?? 0;
        if (_join!.OnEvent(@event with { OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(at) }, tracks, out var page, out var card))
        {
            _learning.Insights.OnCardEvent(@event, at, page, card);
        }
        else
        {
            _learning.Insights.OnOtherEvent(@event, at);
        }
    }

    private void ForgetLearning(UserId user)
    {
        _join?.Forget(user);
        if (_runtime.Users.Find(user) is { } state)
        {
            _memories.Forget(state.Index);
            _learning?.Follows.Forget(state.Index);
        }
    }

    private static bool IsOfVisits(EventKind kind) =>
        kind is EventKind.Impression or EventKind.Click or EventKind.Listen or EventKind.Follow or EventKind.Like or EventKind.Save;
}
