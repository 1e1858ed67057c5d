using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Cli.Precompute;

/// <summary>Everybody's facts, vectors and place in the cells under one model, as of one offset of the log.</summary>
internal sealed class PrecomputeWorld : IKnownTracks, IDisposable
{
    private const int Slack = 94;
    private const int MostPopular = 500;

    private readonly BuddyCells _cells;
    private readonly float[] _units;

    /// <param name="facts">The log up to the offset.</param>
    /// <param name="snapshot">The model; stays the caller's.</param>
    /// <param name="buddies">Nearest listeners of each.</param>
    /// <param name="cancellationToken">Stops between listeners.</param>
    public PrecomputeWorld(FactSet facts, Snapshot snapshot, int buddies, CancellationToken cancellationToken)
    {
        Facts = facts;
        Model = new ServingModel(snapshot, facts.Catalogue);
        PlaylistPlacement.PlaceChanged(snapshot, Model, facts.Catalogue, TasteTransform.Default);
        var d = Model.Dimension;
        _units = new float[checked(facts.Users.Count * d)];
        Parallel.For(
            0,
            facts.Users.Count,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => new FoldInSystem(d),
            (user, _, system) =>
            {
                var unit = _units.AsSpan(user * d, d);
                LiveTaste.Derive(facts.Tastes[user], Model, system, unit);
                VectorKernels.Normalize(unit);
                return system;
            },
            _ => { });

        // One after the other: where listeners stand within a cell must not depend on threads.
        _cells = new BuddyCells(snapshot.MakeCellMap(), buddies, Slack);
        for (var user = 0; user < facts.Users.Count; user++)
        {
            if (UnitOf(user).ContainsAnyExcept(0f))
            {
                _cells.Move(user, UnitOf(user));
            }
        }

        Popular = Rank(facts);
    }

    public FactSet Facts { get; }

    public ServingModel Model { get; }

    public IReadOnlyList<PopularPlaylist> Popular { get; }

    /// <summary>The nearest of each of some listeners, all searched for at once; none of one whose vector is zero.</summary>
    public List<NearListener>[] FindBuddies(int[] users)
    {
        int[] placed = [.. users.Where(_cells.IsResident)];
        _cells.Activate(placed);
        var (near, similarities) = (new int[_cells.Count], new float[_cells.Count]);
        var found = new List<NearListener>[users.Length];
        for (var i = 0; i < users.Length; i++)
        {
            var count = _cells.IsResident(users[i]) ? _cells.Read(users[i], near, similarities) : 0;
            found[i] = [.. Enumerable.Range(0, count).Select(j => new NearListener(new UserIndex(near[j]), Facts.Users[near[j]], similarities[j]))];
        }

        foreach (var user in placed)
        {
            _cells.Deactivate(user);
        }

        return found;
    }

    public Span<float> UnitOf(int user) => _units.AsSpan(user * Model.Dimension, Model.Dimension);

    /// <inheritdoc/>
    public int CopyKnownTracks(UserIndex user, Span<int> tracks) => Facts.Tastes[user.Value].CopyKnownTracks(tracks);

    public void Dispose() => _cells.Dispose();

    /// <summary>The most followed public playlists: followers told by the catalogue and those in the log.</summary>
    private static PopularPlaylist[] Rank(FactSet facts)
    {
        var followers = new int[facts.Catalogue.PlaylistCount];
        foreach (var taste in facts.Tastes)
        {
            foreach (ref readonly var fact in taste.Playlists)
            {
                followers[fact.Playlist] += (fact.Marks & FactMarks.Followed) != 0 ? 1 : 0;
            }
        }

        return
        [
            .. Enumerable.Range(0, followers.Length)
                .Where(i => facts.Catalogue.Describe(new PlaylistIndex(i)) is { IsPublic: true })
                .Select(i => new PopularPlaylist(new PlaylistIndex(i), followers[i] + facts.Catalogue.Describe(new PlaylistIndex(i))!.Followers))
                .OrderByDescending(one => one.Followers)
                .ThenBy(one => facts.Catalogue.IdOf(one.Playlist).Value, StringComparer.Ordinal)
                .Take(MostPopular),
        ];
    }
}
