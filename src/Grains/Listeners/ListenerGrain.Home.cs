using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Grains.Home;
using Buddies.Storage;
using Buddies.Storage.Home;

namespace Buddies.Grains.Listeners;

/// <summary>What a listener has seen, opened and chosen, and what comes of the pages that were sent.</summary>
internal sealed partial class ListenerGrain
{
    private ListenerChoice _choice = ListenerChoice.Default;

    /// <summary>Null until the first page of this activation asks for it.</summary>
    private VisitMemory? _visits;

    /// <summary>Events that are applied while the store is asked what came before.</summary>
    private List<(EventKind Kind, PlaylistIndex Playlist, long AtMs, long Offset)>? _meanwhile;

    private Task? _fetching;

    /// <summary>When the visit began, Unix milliseconds: what the policy's draws begin from; 0 before the first.</summary>
    private long _visitMs;

    public ValueTask SentAsync(long sequence)
    {
        world.Home?.OnSent(_book.Find(sequence));
        return default;
    }

    public ValueTask<CardStory?> WhyAsync(string impressionId)
    {
        if (world.Home is not { } home || CardStory.PageOf(impressionId) is not { } sequence)
        {
            return default;
        }

        using var lease = Take();
        return new(CardStory.Of(home.Find(User, sequence) ?? _book.Find(sequence)?.Shown, impressionId, home.State, lease.Version?.Model.Ranking));
    }

    public async ValueTask<ListenerStory?> StoryAsync()
    {
        if (world.Home is not { } home)
        {
            return null;
        }

        await FetchVisitsAsync();
        if (_visits is null)
        {
            throw new RecommenderUnavailableException("The store cannot be read.");
        }

        using var lease = Take();
        var session = System.Numerics.Tensors.TensorPrimitives.Norm<float>(DeriveSession(lease));
        return ListenerStory.Of(User, _facts, session, home.PolicyOf(User), home.Pages, _choice, home.ExperimentsOf(User), _visits, world.Catalogue);
    }

    public async ValueTask<bool> ChooseAsync(double discovery)
    {
        if (world.Home is not { } home)
        {
            return false;
        }

        try
        {
            await home.Choices.WriteAsync(User, new ListenerChoice(discovery));
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be written: {e.Message}");
        }

        _choice = new ListenerChoice(discovery);
        return true;
    }

    /// <summary>Begins a visit where there is none, or the former one is over and the listener asks anew.</summary>
    private void BeginVisit(bool isAsked)
    {
        if (world.Home is { } home && (_visitMs == 0 || (isAsked && home.Now - _visitMs >= home.Options.Visit.TotalMilliseconds)))
        {
            // Two visits of one millisecond are two all the same.
            _visitMs = Math.Max(_visitMs + 1, home.Now);
            _visits?.BeginVisit();
        }
    }

    /// <summary>Lets visits, rewards and counts hear of an event that was applied.</summary>
    private void Learn(SiloHome home, in UserEvent @event, long offset)
    {
        var at = HomeRecords.TimeOf(@event, home.Now);
        PlaylistIndex? playlist = @event.Playlist is { } id && world.Catalogue.TryFind(id, out var known) ? known : null;
        if (playlist is { } seen && VisitMemory.Takes(@event.Kind))
        {
            _visits?.Apply(@event.Kind, seen, at);
            _meanwhile?.Add((@event.Kind, seen, at, offset));
        }

        home.OnEvent(@event, playlist, at);
    }

    /// <summary>Finds out from the log's end what was seen and opened of late, and what was chosen: once an activation, when a page needs it.</summary>
    private Task FetchVisitsAsync() => world.Home is { } home && _visits is null
        ? _fetching is { IsCompleted: false } fetching ? fetching : _fetching = FetchVisitsAsync(home)
        : Task.CompletedTask;

    private async Task FetchVisitsAsync(SiloHome home)
    {
        try
        {
            _meanwhile = [];
            var choice = await home.Choices.ReadAsync(User, CancellationToken.None);
            var (logged, through) = (await world.ReadLatestAsync(User, home.Options.RememberedEvents, CancellationToken.None), 0L);
            var visits = new VisitMemory();
            foreach (var entry in logged)
            {
                if (entry.Event.Playlist is { } id && VisitMemory.Takes(entry.Event.Kind) && world.Catalogue.TryFind(id, out var playlist))
                {
                    visits.Apply(entry.Event.Kind, playlist, entry.Event.OccurredAt.ToUnixTimeMilliseconds());
                }

                through = entry.Offset;
            }

            foreach (var (kind, playlist, at, offset) in _meanwhile)
            {
                if (offset > through)
                {
                    visits.Apply(kind, playlist, at);
                }
            }

            (_choice, _visits) = (choice, visits);
        }
        catch (StoreException)
        {
            // Reads go on while the store is away: this page knows nothing of what was seen, and the next one asks again.
        }
        finally
        {
            _meanwhile = null;
        }
    }

    /// <summary>Nothing is left here of one who was erased.</summary>
    private void ForgetHome()
    {
        (_choice, _visits, _visitMs) = (ListenerChoice.Default, null, 0);
        _book.Forget();
        world.Home?.Forget(User);
    }
}
