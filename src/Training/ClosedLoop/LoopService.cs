using Buddies.Engine.Bandits;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;
using Buddies.Training.Playlists;
using Buddies.Training.Synth;

namespace Buddies.Training.ClosedLoop;

/// <summary>
/// The recommender in the loop: the engine's own facts, fold-in, cells, Home and learner, with models trained by the trainer
/// overnight and swapped in. What differs between policies is said in <see cref="LoopPolicy"/>.
/// </summary>
internal sealed partial class LoopService : IKnownTracks, IDisposable
{
    private const int Buddies = 20;
    private const int FairImpressions = 30;
    private const int KeptPlayed = 10;

    private readonly LoopWorld _world;
    private readonly LoopPolicy _kind;
    private readonly UserTaste[] _facts;
    private readonly SeenCards[] _seen;
    private readonly float[][] _units;
    private readonly List<PlayedPlaylist>[] _played;
    private readonly List<BuddyFollow>[] _follows;
    private readonly int[] _impressions;
    private readonly double[] _recentListeners;
    private readonly RewardJoin _join = new(TimeSpan.FromHours(2));
    private readonly PolicyLearner _learner = new(RankingWeights.Default);
    private readonly List<(UserEvent Event, int User)> _waiting = [];
    private readonly PlaylistInteractions _interactions = new();
    private readonly HeldOutPlaylists _heldOut;
    private readonly int[] _nearUsers = new int[Buddies];
    private readonly float[] _nearSimilarities = new float[Buddies];
    private PolicyState _state;
    private ServingModel? _model;
    private FoldInSystem? _system;
    private BuddyCells? _cells;
    private IReadOnlyList<PopularPlaylist> _popular = [];
    private int _version;

    public LoopService(LoopWorld world, LoopPolicy kind)
    {
        _world = world;
        _kind = kind;
        var (users, playlists) = (world.Options.Listeners, world.Options.Playlists);
        _facts = [.. Enumerable.Range(0, users).Select(_ => new UserTaste(TasteTransform.Default))];
        _seen = [.. Enumerable.Range(0, users).Select(_ => new SeenCards())];
        _units = [.. Enumerable.Range(0, users).Select(_ => new float[world.Options.Dimension])];
        _played = [.. Enumerable.Range(0, users).Select(_ => new List<PlayedPlaylist>())];
        _follows = [.. Enumerable.Range(0, users).Select(_ => new List<BuddyFollow>())];
        _impressions = new int[playlists];
        _recentListeners = new double[playlists];
        _state = _learner.MakeState();
        _heldOut = new HeldOutPlaylists(Catalogue);
        for (var track = 0; track < world.Options.Tracks; track++)
        {
            Catalogue.Upsert(world.Synthetic.DescribeTrack(track));
        }

        // Positions are the world's numbers, published or not.
        for (var playlist = 0; playlist < playlists; playlist++)
        {
            Catalogue.Intern(world.Playlists[playlist].Id);
        }
    }

    public MusicCatalogue Catalogue { get; } = new();

    /// <summary>Playlists of which somebody heard something from Home.</summary>
    public HashSet<int> Covered { get; } = [];

    /// <summary>Takes an event in, at once or, where vectors are frozen, at night; what is hidden is hidden at once.</summary>
    public void Apply(int user, in UserEvent @event)
    {
        var playlist = @event.Playlist is { } id && Catalogue.TryFind(id, out var index) ? index : (PlaylistIndex?)null;
        if (playlist is { } shown)
        {
            _seen[user].Apply(@event.Kind, shown, @event.OccurredAt.ToUnixTimeMilliseconds());
            _join.OnEvent(@event, Catalogue.Describe(shown)?.Ascending.Length ?? 0);
            Count(user, @event, shown);
        }

        if (_kind == LoopPolicy.Nightly && @event.Kind is not (EventKind.Hide or EventKind.Unhide))
        {
            _waiting.Add((@event, user));
        }
        else
        {
            ApplyToFacts(user, @event);
        }
    }

    /// <summary>Brings a listener's vector and buddies up to the facts.</summary>
    public void Move(int user)
    {
        if (_kind != LoopPolicy.Nightly)
        {
            Place(user);
        }
    }

    /// <summary>An hour passes: rewards whose time is over are learned from, at once or at night.</summary>
    public void Learn(long nowMs)
    {
        foreach (var page in _join.Close(nowMs))
        {
            _learner.Learn(page);
        }

        if (_kind != LoopPolicy.Nightly)
        {
            _state = _learner.MakeState();
        }
    }

    /// <summary>A night passes: what waited is taken in, a model is trained and swapped in, and playlists come out.</summary>
    public void Night(int nextDay)
    {
        foreach (var (waiting, user) in _waiting)
        {
            ApplyToFacts(user, waiting);
        }

        _waiting.Clear();
        for (var playlist = 0; playlist < _impressions.Length; playlist++)
        {
            _recentListeners[playlist] *= 0.9;
            if (_world.PublishedOn(playlist) <= nextDay && Catalogue.Describe(new PlaylistIndex(playlist)) is null)
            {
                Catalogue.Upsert(_world.Playlists[playlist]);
            }
        }

        _learner.Fade(0.97);
        _state = _learner.MakeState();
        if (_kind is not (LoopPolicy.Popularity or LoopPolicy.Random))
        {
            Train();
        }

        CountPopularity();
    }

    public int CopyKnownTracks(UserIndex user, Span<int> tracks) => _facts[user.Value].CopyKnownTracks(tracks);

    public void Dispose() => _cells?.Dispose();

    private void ApplyToFacts(int user, in UserEvent @event)
    {
        TrackIndex? track = @event.Track is { } id ? Catalogue.Intern(id) : null;
        PlaylistIndex? playlist = @event.Playlist is { } p && Catalogue.TryFind(p, out var index) ? index : null;
        if (_kind == LoopPolicy.Ranked && playlist is { } chosen)
        {
            _interactions.Apply(user, @event, chosen);
        }

        if (_kind == LoopPolicy.Ranked)
        {
            _heldOut.Apply(user, @event, _facts[user], track, playlist);
        }

        _facts[user].Apply(@event, track, playlist);
    }

    private void Count(int user, in UserEvent @event, PlaylistIndex playlist)
    {
        var at = @event.OccurredAt.ToUnixTimeMilliseconds();
        switch (@event.Kind)
        {
            case EventKind.Impression:
                _impressions[playlist.Value]++;
                break;
            case EventKind.Click:
                _recentListeners[playlist.Value]++;
                break;
            case EventKind.Listen:
                Covered.Add(playlist.Value);
                _played[user].RemoveAll(played => played.Playlist == playlist);
                _played[user].Insert(0, new PlayedPlaylist(playlist, at));
                _played[user].RemoveRange(Math.Min(KeptPlayed, _played[user].Count), Math.Max(0, _played[user].Count - KeptPlayed));
                break;
            case EventKind.Follow:
                _follows[user].Insert(0, new BuddyFollow(playlist, SyntheticWorld.ListenerId(user), at));
                break;
            default:
                break;
        }
    }

    private void Train()
    {
        var set = TrainingSet.From(new FactSet(
            Catalogue, [.. Enumerable.Range(0, _facts.Length).Select(SyntheticWorld.ListenerId)], _facts, new bool[_facts.Length], 0, 0)
        {
            Interactions = _interactions,
            HeldOut = _heldOut,
        });
        var options = new TrainOptions
        {
            Als = new Als.AlsOptions { Dimension = _world.Options.Dimension, Epochs = 6, Seed = _world.Options.Seed, Threads = 1 },
        };
        var factors = FactorTrainer.Train(set, set.Interactions, options, null, TimeProvider.System, default);
        var (ranking, playlistFactors) = (TrainedRanking.None, (float[]?)null);
        if (_kind == LoopPolicy.Ranked)
        {
            playlistFactors = PlaylistVectors.Solve(PlaylistVectors.Flatten(set), factors, options, default);
            ranking = RankingTrainer.Train(set, factors, playlistFactors, null, options, default);
        }

        _model = new ServingModel(
            new SnapshotVersion(++_version), options.Als.FoldIn, options.Als.Dimension, factors.Als.TrackFactors, factors.TrackWeights, set.TrackOfRow,
            playlistFactors, playlistFactors is null ? null : [.. set.Playlists.Select(playlist => IndexOf(playlist.Id).Value)], null, ranking.Rows, ranking.Ranking);
        _system ??= new FoldInSystem(options.Als.Dimension);
        for (var playlist = 0; playlist < _impressions.Length; playlist++)
        {
            if (Catalogue.Describe(new PlaylistIndex(playlist)) is { } contents)
            {
                _model.Place(new PlaylistIndex(playlist), contents, TasteTransform.Default, _system);
            }
        }

        _cells?.Dispose();
        _cells = new BuddyCells(_model.Cells, Buddies, Buddies);
        for (var user = 0; user < _facts.Length; user++)
        {
            Place(user);
        }
    }

    private void Place(int user)
    {
        if (_model is null || _cells is null || _system is null)
        {
            return;
        }

        LiveTaste.Derive(_facts[user], _model, _system, _units[user]);
        if (VectorKernels.Normalize(_units[user]) > 0)
        {
            _cells.Move(user, _units[user]);
            _cells.Activate(user);
        }
    }
}
