using System.Globalization;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Faults;

/// <summary>One producer's events, numbered and all different: every kind, late ones and some of the future, known and unknown tracks.</summary>
/// <param name="producer">Which producer; its listeners are its own, so their order is the order of sending.</param>
/// <param name="now">The present; events happened before it, or within the clock skew that is allowed.</param>
/// <param name="seed">Chooses them.</param>
internal sealed class FaultEvents(int producer, DateTimeOffset now, int seed)
{
    /// <summary>Listeners of one producer.</summary>
    public const int Listeners = 6;

    /// <summary>Tracks of the world; a few events are of tracks beyond.</summary>
    public const int Tracks = 400;

    /// <summary>Playlists of the world.</summary>
    public const int Playlists = 150;

    private readonly Random _random = new(unchecked((seed * 7919) + producer));
    private long _number;

    /// <summary>The listeners' ids.</summary>
    public static IEnumerable<UserId> ListenersOf(int producer) =>
        Enumerable.Range(0, Listeners).Select(n => new UserId(string.Create(CultureInfo.InvariantCulture, $"fault-{producer}-{n}")));

    /// <summary>The next events.</summary>
    public List<UserEvent> Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    private UserEvent Next()
    {
        var user = new UserId(string.Create(CultureInfo.InvariantCulture, $"fault-{producer}-{_random.Next(Listeners)}"));
        var id = new EventId(string.Create(CultureInfo.InvariantCulture, $"{producer}:{++_number}"));
        var isOfPlaylist = _random.Next(8) == 0;
        var kind = isOfPlaylist
            ? s_ofPlaylists[_random.Next(s_ofPlaylists.Length)]
            : s_ofTracks[_random.Next(s_ofTracks.Length)];
        var playlist = SyntheticWorld.PlaylistId(_random.Next(Playlists));
        var (played, duration) = kind is EventKind.Listen or EventKind.Skip ? Play() : (null, null);
        return new UserEvent(
            id,
            user,
            kind,
            isOfPlaylist ? null : SyntheticWorld.TrackId(_random.Next(Tracks + 20)),
            isOfPlaylist || _random.Next(4) == 0 ? playlist : null,
            played,
            duration,
            At(),
            Context: _random.Next(10) == 0 ? """{"source":"fault"}""" : null);
    }

    private (int? Played, int? Duration) Play()
    {
        var duration = _random.Next(5) == 0 ? null as int? : _random.Next(60_000, 400_000);
        var played = _random.Next(6) == 0 ? null as int? : _random.Next(0, duration ?? 200_000);
        return (played, duration);
    }

    private DateTimeOffset At()
    {
        var back = _random.Next(20) switch
        {
            0 => TimeSpan.FromDays(_random.Next(1, 2_000)), // Far beyond the decay's horizon.
            1 => -TimeSpan.FromSeconds(_random.Next(1, 120)), // The producer's clock runs ahead.
            _ => TimeSpan.FromMilliseconds(_random.Next(0, 7_200_000)),
        };
        return DateTimeOffset.FromUnixTimeMilliseconds((now - back).ToUnixTimeMilliseconds());
    }

    private static readonly EventKind[] s_ofTracks =
    [
        EventKind.Listen, EventKind.Listen, EventKind.Listen, EventKind.Listen, EventKind.Listen, EventKind.Listen, EventKind.Listen,
        EventKind.Skip, EventKind.Skip, EventKind.Like, EventKind.Unlike, EventKind.Hide, EventKind.Unhide, EventKind.Save,
    ];

    private static readonly EventKind[] s_ofPlaylists =
    [
        EventKind.Like, EventKind.Unlike, EventKind.Hide, EventKind.Unhide, EventKind.Save, EventKind.Follow, EventKind.Follow,
        EventKind.Unfollow, EventKind.Impression, EventKind.Click,
    ];
}
