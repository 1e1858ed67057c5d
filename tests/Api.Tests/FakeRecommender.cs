using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Buddies.Engine.Buddies;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;

namespace Buddies.Api.Tests;

/// <summary>A runtime that remembers what it was asked and answers what the test wants.</summary>
internal sealed class FakeRecommender : IRecommender
{
    private static readonly SnapshotVersion s_version = new(3);

    public ServingStatus Status { get; set; } = new(true, "serving", s_version, 4, 5, 6, 7, 8);

    /// <summary>Thrown by every call while set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Awaited by every ingest while set.</summary>
    public Task? Gate { get; set; }

    /// <summary>What the latest ingest came with.</summary>
    public IngestTerms Terms { get; private set; }

    /// <summary>What whoever waits for the effects is told.</summary>
    public bool IsApplied { get; set; } = true;

    public List<UserEvent> Events { get; } = [];

    public List<Track> Tracks { get; } = [];

    public List<Playlist> Playlists { get; } = [];

    public List<string> Asked { get; } = [];

    public HomeRequest? Request { get; private set; }

    public long? LastSequence { get; private set; }

    /// <summary>What live streams will carry.</summary>
    public Channel<LiveUpdate> Updates { get; } = Channel.CreateUnbounded<LiveUpdate>();

    public static HomePage Page(string user, long sequence, string title = "A title") => new(
        new UserId(user),
        s_version,
        sequence,
        [new Shelf("buddies", "From your buddies", [new Card(new("p1"), title, new("owner"), 0.5f, "buddies", "a reason", "i1")])]);

    public static BuddyList Buddies(string user) => new(new UserId(user), s_version, [new Buddy(new("u2"), 0.5f, 12)]);

    public async ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, IngestTerms terms, CancellationToken cancellationToken)
    {
        Check("ingest");
        Terms = terms;
        await (Gate ?? Task.CompletedTask);
        var before = Events.Count;
        foreach (var e in events)
        {
            if (!Events.Any(known => known.Id == e.Id && known.User == e.User))
            {
                Events.Add(e);
            }
        }

        var accepted = Events.Count - before;
        return new IngestResult(accepted, events.Count - accepted, terms.WaitApplied is not null && IsApplied);
    }

    public ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken)
    {
        Check("tracks");
        Tracks.AddRange(tracks);
        return default;
    }

    public ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken)
    {
        Check("playlists");
        Playlists.AddRange(playlists);
        return default;
    }

    public ValueTask<HomePage> HomeAsync(UserId user, HomeRequest request, CancellationToken cancellationToken)
    {
        Check(user.Value);
        Request = request;
        return new(Page(user.Value, 7));
    }

    public async IAsyncEnumerable<LiveUpdate> HomeLiveAsync(
        UserId user, HomeRequest request, long? lastSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Check(user.Value);
        LastSequence = lastSequence;
        await foreach (var update in Updates.Reader.ReadAllAsync(cancellationToken))
        {
            if (update.Sequence > (lastSequence ?? -1))
            {
                yield return update;
            }
        }
    }

    public ValueTask<BuddyList> BuddiesAsync(UserId user, int count, CancellationToken cancellationToken)
    {
        Check($"{user} {count}");
        return new(Buddies(user.Value));
    }

    public ValueTask<TasteSummary> TasteAsync(UserId user, CancellationToken cancellationToken)
    {
        Check(user.Value);
        return new(new TasteSummary(
            user,
            s_version,
            [new TasteTrack(new("t1"), "Song", "Band", 2.5f, true)],
            [new TasteShare("Band", 0.75f)],
            [new TasteShare("rock", 0.25f)],
            new TasteCounts(1, 2, 3, 4, 5, 6),
            [new("t9")],
            [new("p9")],
            [new("p8")]));
    }

    public ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist, UserId? viewer, CancellationToken cancellationToken)
    {
        Check($"{playlist} {viewer}");
        return new(playlist.Value == "missing"
            ? null
            : new PlaylistView(playlist, "Mix", new("owner"), 3, [new PlaylistEntry(new("t1"), "Song", "Band", 2, true)]));
    }

    public ValueTask<IReadOnlyList<ListenerSummary>> FindListenersAsync(string query, int limit, CancellationToken cancellationToken)
    {
        Check($"{query} {limit}");
        return new([new ListenerSummary(new("u1"), 10, 2)]);
    }

    public ValueTask<ErasureReceipt> EraseAsync(UserId user, CancellationToken cancellationToken)
    {
        Check(user.Value);
        return new(new ErasureReceipt(user, ["event log"]));
    }

    private void Check(string asked)
    {
        Asked.Add(asked);
        if (Failure is { } failure)
        {
            throw failure;
        }
    }
}
