using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using FsCheck;
using FsCheck.Fluent;

namespace Buddies.Engine.Tests.Taste;

/// <summary>One step of a random life: an event some time after the one before, or before it.</summary>
internal sealed record TasteStep(EventKind Kind, int Target, TimeSpan Gap, int? PlayedMs, int Plays, bool Solve)
{
    private static readonly EventKind[] s_playlistKinds =
        [EventKind.Like, EventKind.Hide, EventKind.Follow, EventKind.Unfollow, EventKind.Click, EventKind.Impression];

    /// <summary>Mostly minutes go by, sometimes months or years, sometimes back.</summary>
    private static readonly Gen<TimeSpan> s_gap = Gen.Frequency(
        (8, Gen.Choose(0, 600).Select(minutes => TimeSpan.FromMinutes(minutes))),
        (3, Gen.Choose(-20, 60).Select(days => TimeSpan.FromDays(days))),
        (1, Gen.Choose(-900, 2500).Select(days => TimeSpan.FromDays(days))));

    public static Gen<TasteStep> Among(int tracks, int playlists = 8) =>
        from kind in Gen.Frequency(
            (6, Gen.Constant(EventKind.Listen)),
            (1, Gen.Constant(EventKind.Skip)),
            (3, Gen.Elements(Enum.GetValues<EventKind>())))
        from target in Gen.Choose(0, tracks - 1)
        from gap in s_gap
        from played in Gen.OneOf(Gen.Constant<int?>(null), Gen.Choose(0, 250_000).Select(value => (int?)value))
        from plays in Gen.Frequency((9, Gen.Constant(1)), (1, Gen.Choose(2, 500)))
        from solve in Gen.Elements(true, false, false)
        select new TasteStep(kind, target, gap, played, plays, solve);

    /// <summary>The event at a time, with the position that it is about; some of the kinds that may are about a playlist.</summary>
    public (UserEvent Event, TrackIndex? Track, PlaylistIndex? Playlist) At(TimeSpan at) =>
        Kind >= EventKind.Follow || (s_playlistKinds.Contains(Kind) && Target % 5 == 0)
            ? (TasteWorld.PlaylistEvent(Kind, Target % 8, at), null, new PlaylistIndex(Target % 8))
            : (TasteWorld.TrackEvent(Kind, Target, at, PlayedMs, 200_000, Plays), new TrackIndex(Target), null);
}
