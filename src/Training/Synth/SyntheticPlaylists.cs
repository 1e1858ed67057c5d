using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Synth;

/// <summary>The playlists of a world and who follows them.</summary>
internal sealed class SyntheticPlaylists
{
    private const double FocusShare = 0.75;
    private const double OwnCommunityShare = 0.8;
    private const double PublicShare = 0.9;
    private const int MostFollows = 6;

    private readonly SyntheticWorld _world;
    private readonly int[] _ownerOf;
    private readonly int[][] _ofCommunity;

    public SyntheticPlaylists(SyntheticWorld world)
    {
        _world = world;
        _ownerOf = new int[world.Options.PlaylistCount];
        var ofCommunity = Enumerable.Range(0, world.Options.Communities).Select(_ => new List<int>()).ToArray();
        for (var playlist = 0; playlist < _ownerOf.Length; playlist++)
        {
            var random = RandomOf(playlist);
            _ownerOf[playlist] = random.Next(world.Options.Listeners);
            if (random.NextDouble() < PublicShare)
            {
                ofCommunity[world.CommunityOf(_ownerOf[playlist])].Add(playlist);
            }
        }

        _ofCommunity = [.. ofCommunity.Select(list => list.ToArray())];
    }

    public int Count => _ownerOf.Length;

    /// <summary>The playlists a listener follows: mostly of the own community, the early ones more often.</summary>
    public HashSet<int> FollowsOf(int listener)
    {
        var random = Seeds.For(_world.Options.Seed, Seeds.Follows, listener);
        var follows = new HashSet<int>();
        for (var wanted = random.Next(MostFollows + 1); wanted > 0; wanted--)
        {
            var community = random.NextDouble() < OwnCommunityShare ? _world.CommunityOf(listener) : random.Next(_ofCommunity.Length);
            var playlists = _ofCommunity[community];
            if (playlists.Length > 0)
            {
                var playlist = playlists[(int)(playlists.Length * Math.Pow(random.NextDouble(), 2.5))];
                if (_ownerOf[playlist] != listener)
                {
                    follows.Add(playlist);
                }
            }
        }

        return follows;
    }

    /// <summary>
    /// Makes a playlist from its owner's taste, most of it from one genre. Its followers are in the events; told here as
    /// well, they would count twice.
    /// </summary>
    public Playlist Make(int playlist)
    {
        var random = RandomOf(playlist);
        var owner = random.Next(_world.Options.Listeners);
        var isPublic = random.NextDouble() < PublicShare;
        var sampler = _world.SamplerOf(owner);
        var focus = sampler.DrawGenre(random);
        var title = $"{Genres.Names[focus]} · {Genres.Moods[random.Next(Genres.Moods.Length)]} {random.Next(1, 100)}";
        var size = Math.Min(random.Next(10, 61), _world.Options.Tracks);
        var tracks = new List<TrackId>(size);
        var chosen = new HashSet<int>();
        for (var tries = 0; tracks.Count < size && tries < size * 20; tries++)
        {
            var genre = random.NextDouble() < FocusShare ? focus : sampler.DrawGenre(random);
            var track = sampler.DrawTrack(genre, random);
            if (chosen.Add(track))
            {
                tracks.Add(SyntheticTracks.Id(track));
            }
        }

        return new Playlist(SyntheticWorld.PlaylistId(playlist), title, SyntheticListeners.Id(owner), isPublic, tracks, 0);
    }

    private Random RandomOf(int playlist) => Seeds.For(_world.Options.Seed, Seeds.Playlist, playlist);
}
