using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Grains.Home;
using Buddies.Grains.Versions;
using Buddies.Storage;
using Buddies.Storage.Home;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Buddies.Grains.World;

/// <summary>
/// What a silo holds once and its grains read by reference: catalogue, model versions, popularity, and everybody's place in
/// the cells of each version. The facts are not here: each listener's grain has its own.
/// </summary>
/// <remarks>
/// Every silo has all places, so that buddies are found without asking another silo. Owners tell the others of their
/// moves (<see cref="Announcer"/>). Safe for concurrent use once it is loaded.
/// </remarks>
internal sealed partial class SiloWorld : IDisposable
{
    private readonly Lock _catalogueGate = new();
    private readonly ErasedOfLate _erased;

    /// <param name="store">The store that the whole cluster shares; stays the caller's to dispose.</param>
    /// <param name="options">How to run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">What is counted of Home; null for a world whose Home is fixed.</param>
    /// <param name="logger">Hears of Home's failures.</param>
    public SiloWorld(IStore store, SiloOptions options, TimeProvider time, HomeMetrics? metrics = null, ILogger? logger = null)
    {
        (Store, Options, Time) = (store, options, time);
        Popular = new PopularPlaylists(Catalogue, time);
        _erased = new ErasedOfLate(time);
        Lease = new ServingLease(time, options.ServingLease);
        _start = time.GetTimestamp();
        if (options.Home is not null && metrics is not null)
        {
            var home = new SiloHome(store, options, SiloFolder.Take(options.DataDirectory), Catalogue, time, metrics, logger ?? NullLogger.Instance);
            metrics.Observe(() => (home.State.Version, home.Fresh.Count));
            Home = home;
        }
    }

    public IStore Store { get; }

    public SiloOptions Options { get; }

    public TimeProvider Time { get; }

    public MusicCatalogue Catalogue { get; } = new();

    public Residents Users { get; } = new();

    /// <summary>This silo's right to answer.</summary>
    public ServingLease Lease { get; }

    public PopularPlaylists Popular { get; }

    /// <summary>How Home explores and learns; null where it is the fixed page.</summary>
    public SiloHome? Home { get; }

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

    /// <summary>Places a listener in a version, unless a newer event has placed it there already.</summary>
    /// <param name="version">Where; held by the caller. Null without a model.</param>
    /// <param name="user">Whom.</param>
    /// <param name="offset">The last event in the vector.</param>
    /// <param name="unit">[d], unit length or all zero; empty to leave it where it stands.</param>
    /// <returns>The listener; null for one who was erased since.</returns>
    public Resident? Place(SiloVersion? version, string user, long offset, ReadOnlySpan<float> unit)
    {
        if (_erased.Covers(user, offset))
        {
            return null;
        }

        var resident = Users.GetOrAdd(user);
        lock (resident.Gate)
        {
            resident.Offset = Math.Max(resident.Offset, offset);
            if (version is not null && unit.Length > 0 && resident.TryAdvance(version.Serial, offset))
            {
                if (unit.ContainsAnyExcept(0f))
                {
                    version.Cells.Move(resident.Index, unit);
                }
                else
                {
                    version.Cells.Remove(resident.Index);
                }

                if (version.Behind.TryGetValue(user, out var heard) && heard <= offset)
                {
                    _ = version.Behind.TryRemove(new(user, heard));
                }
            }
        }

        return resident;
    }

    /// <summary>Takes over what the owner of a listener says.</summary>
    public void Hear(int version, Move move)
    {
        var plan = Plan;
        var placed = plan.All.FirstOrDefault(one => one.Number.Value == version);
        using (var lease = new VersionLease(placed?.TryAcquire() == true ? placed : null))
        {
            if (Place(lease.Version, move.User, move.Offset, move.Vector ?? []) is { } resident)
            {
                resident.Known = null;
                NoteBehindBut(placed, move.User, move.Offset);
                HearFollows(resident, move);
            }
        }

        _ = CountFollows(move);
    }

    /// <summary>A listener has listened: its places in all other versions are old.</summary>
    public void NoteBehindBut(SiloVersion? served, string user, long offset)
    {
        foreach (var version in Plan.All)
        {
            if (version != served)
            {
                NoteBehind(version, user, offset);
            }
        }
    }

    /// <returns>How many follows came faster than is believed.</returns>
    public int CountFollows(Move move)
    {
        _ = CountFollows(move.Unfollowed, -1);
        return CountFollows(move.Followed, 1);
    }

    /// <summary>Takes rows of the catalogue that stand in the store already; playlists find their place at once.</summary>
    /// <param name="tracks">Tracks.</param>
    /// <param name="playlists">Playlists.</param>
    /// <param name="isNews">Whether they have come just now: then those that nobody could see before are new.</param>
    public void Upsert(IReadOnlyList<Track> tracks, IReadOnlyList<Playlist> playlists, bool isNews = false)
    {
        lock (_catalogueGate)
        {
            foreach (var track in tracks)
            {
                Catalogue.Upsert(track);
            }

            foreach (var playlist in playlists)
            {
                var wasPublic = Catalogue.TryFind(playlist.Id, out var known) && Catalogue.Describe(known) is { IsPublic: true };
                Catalogue.Upsert(playlist);
                if (isNews && playlist.IsPublic && !wasPublic)
                {
                    Home?.Fresh.OnAdded(Catalogue.Intern(playlist.Id), Time.GetUtcNow().ToUnixTimeMilliseconds());
                }
            }

            // First the catalogue, then every version: one that is being prepared meanwhile reads it afterwards.
            foreach (var version in Plan.All)
            {
                if (version.TryAcquire())
                {
                    PlaceIn(version.Model, playlists);
                    version.Release();
                }
            }
        }

        Popular.OnCatalogueChanged();
        if (isNews && playlists.Count > 0)
        {
            Home?.Fresh.Refresh(Time.GetUtcNow().ToUnixTimeMilliseconds()); // Offered from now on, not from the next round.
        }
    }

    /// <summary>The vector of facts as of their last event.</summary>
    public static float[] Derive(UserTaste facts, ServingModel model)
    {
        var unit = new float[model.Dimension];
        LiveTaste.Derive(facts, model, new FoldInSystem(model.Dimension), unit);
        VectorKernels.Normalize(unit);
        return unit;
    }

    public void Dispose()
    {
        foreach (var version in Plan.All)
        {
            version.Release();
        }

        _plan = SiloPlan.Empty;
        Home?.Dispose();
        _preparing.Dispose();
        _loading.Dispose();
    }

    /// <summary>What another silo's listener follows since now, for the pages of its buddies here.</summary>
    private void HearFollows(Resident resident, Move move) => Home?.Follows.Hear(
        new UserIndex(resident.Index),
        [.. move.Followed.Select(id => Catalogue.Intern(new PlaylistId(id)))],
        [.. move.Unfollowed.Select(id => Catalogue.Intern(new PlaylistId(id)))],
        Time.GetUtcNow().ToUnixTimeMilliseconds());

    private static void NoteBehind(SiloVersion version, string user, long offset) =>
        version.Behind.AddOrUpdate(user, offset, (_, heard) => Math.Max(heard, offset));

    private void PlaceIn(ServingModel model, IReadOnlyList<Playlist> playlists)
    {
        var system = new FoldInSystem(model.Dimension);
        foreach (var playlist in playlists)
        {
            var index = Catalogue.Intern(playlist.Id);
            if (Catalogue.Describe(index) is { } contents)
            {
                model.Place(index, contents, Options.Transform, system);
            }
        }
    }

    private int CountFollows(IReadOnlyList<string> playlists, int change)
    {
        var uncounted = 0;
        foreach (var playlist in playlists)
        {
            uncounted += Popular.OnFollowed(Catalogue.Intern(new PlaylistId(playlist)), change) ? 0 : 1;
        }

        return uncounted;
    }
}
