using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Storage;

namespace Buddies.Grains.World;

/// <summary>
/// What a silo holds once and its grains read by reference: catalogue, model, popularity, and everybody's place in the
/// cells of one model version. The facts are not here: each listener's grain has its own.
/// </summary>
/// <remarks>
/// Every silo has all places, so that buddies are found without asking another silo. Owners tell the others of their
/// moves (<see cref="Announcer"/>). Safe for concurrent use once it is loaded.
/// </remarks>
internal sealed partial class SiloWorld : IDisposable
{
    private readonly Lock _catalogueGate = new();
    private Snapshot? _snapshot;
    private long _eventsApplied;

    /// <param name="store">The store that the whole cluster shares; stays the caller's to dispose.</param>
    /// <param name="options">How to run.</param>
    /// <param name="time">The clock.</param>
    public SiloWorld(IStore store, SiloOptions options, TimeProvider time)
    {
        (Store, Options, Time) = (store, options, time);
        Popular = new PopularPlaylists(Catalogue);
    }

    public IStore Store { get; }

    public SiloOptions Options { get; }

    public TimeProvider Time { get; }

    public MusicCatalogue Catalogue { get; } = new();

    public Residents Users { get; } = new();

    /// <summary>The model that serves; null where none is current.</summary>
    public ServingModel? Model { get; private set; }

    /// <summary>Everybody's place; null without a model.</summary>
    public BuddyCells? Cells { get; private set; }

    public PopularPlaylists Popular { get; }

    /// <summary>Events that listeners of this silo have applied.</summary>
    public long EventsApplied => Interlocked.Read(ref _eventsApplied);

    public void OnApplied(int events) => Interlocked.Add(ref _eventsApplied, events);

    /// <summary>Applies an event to facts; the one place where ids become positions.</summary>
    public void Apply(UserTaste facts, LiveTaste? live, in UserEvent @event)
    {
        TrackIndex? track = @event.Track is { } trackId ? Catalogue.Intern(trackId) : null;
        PlaylistIndex? playlist = @event.Playlist is { } playlistId ? Catalogue.Intern(playlistId) : null;
        if (live is null)
        {
            facts.Apply(@event, track, playlist);
        }
        else
        {
            live.Apply(@event, track, playlist);
        }
    }

    /// <summary>Places a listener, unless a newer event has placed it already.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="offset">The last event in the vector.</param>
    /// <param name="unit">[d], unit length or all zero; empty to leave it where it stands.</param>
    /// <returns>The listener.</returns>
    public Resident Place(string user, long offset, ReadOnlySpan<float> unit)
    {
        var resident = Users.GetOrAdd(user);
        lock (resident.Gate)
        {
            if (offset < resident.Offset)
            {
                return resident;
            }

            resident.Offset = offset;
            if (Cells is { } cells && unit.Length > 0)
            {
                if (unit.ContainsAnyExcept(0f))
                {
                    cells.Move(resident.Index, unit);
                }
                else
                {
                    cells.Remove(resident.Index);
                }
            }
        }

        return resident;
    }

    /// <summary>Takes over what the owner of a listener says.</summary>
    public void Hear(int version, Move move)
    {
        var isSame = version == (Model?.Version.Value ?? 0);
        var resident = Place(move.User, move.Offset, isSame ? move.Vector ?? [] : []);
        resident.Known = null;
        CountFollows(move);
    }

    public void CountFollows(Move move)
    {
        CountFollows(move.Followed, 1);
        CountFollows(move.Unfollowed, -1);
    }

    public void Forget(UserId user)
    {
        lock (_catalogueGate)
        {
            Catalogue.RemovePlaylistsOf(user);
        }

        Popular.OnCatalogueChanged();
        if (Users.TryFind(user.Value, out var resident))
        {
            Users.Remove(resident);
            Cells?.Remove(resident.Index);
        }
    }

    /// <summary>Takes rows of the catalogue that stand in the store already; playlists find their place at once.</summary>
    public void Upsert(IReadOnlyList<Track> tracks, IReadOnlyList<Playlist> playlists)
    {
        lock (_catalogueGate)
        {
            foreach (var track in tracks)
            {
                Catalogue.Upsert(track);
            }

            var system = Model is null ? null : new FoldInSystem(Model.Dimension);
            foreach (var playlist in playlists)
            {
                Catalogue.Upsert(playlist);
                var index = Catalogue.Intern(playlist.Id);
                if (Model is { } model && Catalogue.Describe(index) is { } contents)
                {
                    model.Place(index, contents, Options.Transform, system!);
                }
            }
        }

        Popular.OnCatalogueChanged();
    }

    /// <summary>Whether the current model's files name a listener; they do until another model is current.</summary>
    public bool IsInSnapshot(UserId user)
    {
        for (var row = 0; row < (_snapshot?.UserCount ?? 0); row++)
        {
            if (_snapshot!.UserId(row) == user)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The vector of facts as of their last event.</summary>
    public float[] Derive(UserTaste facts)
    {
        if (Model is not { } model)
        {
            return [];
        }

        var unit = new float[model.Dimension];
        LiveTaste.Derive(facts, model, new FoldInSystem(model.Dimension), unit);
        VectorKernels.Normalize(unit);
        return unit;
    }

    public void Dispose()
    {
        Cells?.Dispose();
        _snapshot?.Dispose();
    }

    private void CountFollows(string[] playlists, int change)
    {
        foreach (var playlist in playlists)
        {
            Popular.OnFollowed(Catalogue.Intern(new PlaylistId(playlist)), change);
        }
    }
}
