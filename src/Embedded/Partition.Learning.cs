using Buddies.Embedded.Learning;
using Buddies.Engine.Bandits;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Home;

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

        var shown = _learning.WithoutErased(sent.Shown);
        _learning.OnShown(shown);
        sent.OnLogged(shown.Pack());
        _join!.OnShown(sent.Shown);
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
        if (@event.Playlist is { } id && _runtime.Catalogue.TryFind(id, out var playlist) && VisitMemory.Takes(@event.Kind))
        {
            _memories.Of(state.Index).Apply(@event.Kind, playlist, @event.OccurredAt.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>How a card of a page came to stand where it stands; null for one that is not known any more.</summary>
    public CardStory? Why(UserId user, string impressionId)
    {
        if (_learning is null || CardStory.PageOf(impressionId) is not { } sequence)
        {
            return null;
        }

        var page = _join!.Find(user, sequence)
            ?? _runtime.Users.Find(user)?.Attention?.Pages.Find(kept => kept.Page.Sequence == sequence).Sent?.Shown;
        return CardStory.Of(page, impressionId, _learning.State, _plan.Of(user)?.Model.Ranking);
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
        return ListenerStory.Of(
            user, facts, length, _learning.PolicyOf(user), _learning.Pages, _learning.Settings.Of(user), _learning.ExperimentsOf(user), memory, _runtime.Catalogue);
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

        var at = HomeRecords.TimeOf(@event, NowMs);
        if (@event.Playlist is not { } id || !_runtime.Catalogue.TryFind(id, out var playlist))
        {
            _learning.OnEvent(@event, null, 0, at, _join!);
            return;
        }

        if (VisitMemory.Takes(@event.Kind))
        {
            _memories.Of(state.Index).Apply(@event.Kind, playlist, at);
        }

        _learning.OnEvent(@event, playlist, _runtime.Catalogue.Describe(playlist)?.Ascending.Length ?? 0, at, _join!);
    }

    /// <summary>Forgets the names of playlists whose maker was erased.</summary>
    public bool Forget(IReadOnlySet<PlaylistId> playlists)
    {
        _join?.Forget(playlists);
        return true;
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
}
