using System.Numerics.Tensors;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training.Playlists;

/// <summary>Listeners from whom playlists are hidden, and what Home would have to choose from for each, by the engine's own sources, filters and features.</summary>
internal sealed class RankingWorld : IKnownTracks
{
    private const int MostPopular = 500;
    private const int Buddies = 50;

    private readonly TrainingSet _set;
    private readonly HeldOutPlaylists _heldOut;
    private readonly PlaylistInteractions _interactions;
    private readonly float[] _units;
    private readonly int _dimension;
    private readonly Dictionary<int, int> _rowOf = [];
    private readonly ILookup<int, int> _chosen;
    private readonly PopularPlaylist[] _popular;

    /// <param name="set">The listeners.</param>
    /// <param name="interactions">What they chose.</param>
    /// <param name="heldOut">What of it is hidden.</param>
    /// <param name="units">Row-major, [users × d] of the set, length 1 or 0: of facts without what is hidden.</param>
    public RankingWorld(TrainingSet set, PlaylistInteractions interactions, HeldOutPlaylists heldOut, float[] units)
    {
        (_set, _interactions, _heldOut, _units) = (set, interactions, heldOut, units);
        _dimension = units.Length / Math.Max(1, set.Users.Length);
        for (var row = 0; row < set.Users.Length; row++)
        {
            _rowOf[set.Users[row]] = row;
        }

        _chosen = interactions.Pairs.Where(pair => heldOut.Tastes.ContainsKey(pair.User)).ToLookup(pair => pair.User, pair => pair.Playlist);
        _popular = CountFollowers();
    }

    /// <summary>Those who can be asked: something that others may be shown is hidden from them, and they have a vector.</summary>
    public IEnumerable<int> Listeners => _heldOut.Tastes.Keys.Order().Where(user => _rowOf.TryGetValue(user, out var row) && UnitOf(row).ContainsAnyExcept(0f) && HiddenOf(user).Any());

    /// <summary>What a listener's page would choose from.</summary>
    /// <param name="user">The listener's position in the facts.</param>
    /// <param name="model">The model; its version of the ranker has not seen what is hidden.</param>
    /// <returns>The candidates that were not chosen before, with what was chosen and hidden among them.</returns>
    public RankingExample Make(int user, ServingModel model)
    {
        var known = _chosen[user].ToHashSet();
        var hidden = HiddenOf(user).ToHashSet();
        known.ExceptWith(hidden);
        var features = new List<double>();
        var chosen = new List<int>();
        Span<double> row = stackalloc double[RankingExample.Width];
        foreach (var candidate in HomeCandidates.Of(InputsOf(user, model)))
        {
            if (!known.Contains(candidate.Playlist.Value))
            {
                if (hidden.Contains(candidate.Playlist.Value))
                {
                    chosen.Add(features.Count / row.Length);
                }

                Engine.Ranking.RankingWeights.Copy(candidate.Features, row);
                features.AddRange(row);
            }
        }

        return new RankingExample(user, [.. features], [.. chosen], hidden.Count);
    }

    /// <summary>Of pages' reasons alone, which nobody reads here.</summary>
    public int CopyKnownTracks(UserIndex user, Span<int> tracks) => 0;

    /// <summary>What serving would make a page of, were it asked now: without a session.</summary>
    public HomeInputs InputsOf(int user, ServingModel model) => new()
    {
        User = _set.Facts.Users[user],
        Facts = _heldOut.Tastes[user],
        Model = model,
        Catalogue = _set.Facts.Catalogue,
        Taste = UnitOf(_rowOf[user]).ToArray(),
        Session = new float[_dimension],
        Buddies = NearestTo(_rowOf[user]),
        Popular = _popular,
        Known = this,
    };

    private Span<float> UnitOf(int row) => _units.AsSpan(row * _dimension, _dimension);

    private IEnumerable<int> HiddenOf(int user)
    {
        var id = _set.Facts.Users[user];
        return _chosen[user].Where(playlist => _set.Facts.Catalogue.Describe(new PlaylistIndex(playlist)) is { IsPublic: true } contents
            && contents.Owner != id && _heldOut.Hides(user, id, contents.Id));
    }

    /// <summary>Everybody is compared: the cells of a model that is not made yet would leave a few out.</summary>
    private List<NearListener> NearestTo(int row)
    {
        var (users, similarities) = (new int[Buddies + 1], new float[Buddies + 1]);
        var top = new TopK(users, similarities);
        var own = UnitOf(row);
        for (var other = 0; other < _set.Users.Length; other++)
        {
            top.Offer(other, TensorPrimitives.Dot<float>(own, UnitOf(other)));
        }

        var near = new List<NearListener>(Buddies);
        for (var i = 0; i < top.Sort() && near.Count < Buddies; i++)
        {
            if (users[i] != row)
            {
                near.Add(new NearListener(new UserIndex(_set.Users[users[i]]), _set.Facts.Users[_set.Users[users[i]]], similarities[i]));
            }
        }

        return near;
    }

    private PopularPlaylist[] CountFollowers()
    {
        var catalogue = _set.Facts.Catalogue;
        var followers = new int[catalogue.PlaylistCount];
        foreach (var (user, playlist) in _interactions.Pairs)
        {
            var isSeen = (_interactions[user, playlist] & PlaylistSigns.Followed) != 0
                && !_heldOut.Hides(user, _set.Facts.Users[user], catalogue.IdOf(new PlaylistIndex(playlist)));
            followers[playlist] += isSeen ? 1 : 0;
        }

        return
        [
            .. Enumerable.Range(0, followers.Length)
                .Where(i => catalogue.Describe(new PlaylistIndex(i)) is { IsPublic: true })
                .Select(i => new PopularPlaylist(new PlaylistIndex(i), followers[i] + catalogue.Describe(new PlaylistIndex(i))!.Followers))
                .OrderByDescending(one => one.Followers)
                .ThenBy(one => catalogue.IdOf(one.Playlist).Value, StringComparer.Ordinal)
                .Take(MostPopular),
        ];
    }
}
