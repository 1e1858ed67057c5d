using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Events;

public sealed class EventRulesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly UserEvent s_valid = new(
        new EventId("e1"), new UserId("u1"), EventKind.Listen, new TrackId("t1"), null, 1000, 200_000, s_now);

    [Theory]
    [InlineData(null, "got none")]
    [InlineData("", "got none")]
    [InlineData("a\u0000b", "control")]
    [InlineData("a\nb", "control")]
    [InlineData("a\u0085", "control")]
    public void FindIdError_BadId_NamesTheFieldAndTheFault(string? id, string fault)
    {
        var error = EventRules.FindIdError(id, "trackId");
        Assert.StartsWith("trackId: ", error, StringComparison.Ordinal);
        Assert.Contains(fault, error, StringComparison.Ordinal);
    }

    [Fact]
    public void FindIdError_HalfASurrogatePair_IsRefused()
    {
        // Not theory data: the runner itself cannot write these as UTF-8.
        foreach (var id in (string[])["\ud83c", "\udfb5", "a\ud83c", "\udfb5a", "a\ud83cb", "\ud83c\ud83c\udfb5", "\udfb5\ud83c", "\ud83c\udfb5\udfb5"])
        {
            var error = EventRules.FindIdError(id, "userId");
            Assert.StartsWith("userId: half of a UTF-16 surrogate pair", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("Sigur Rós – Ágætis byrjun")]
    [InlineData("\U0001F3B5")]
    [InlineData("a\U0001F3B5\U0001F3B5b")]
    public void FindIdError_GoodId_ReturnsNull(string id) => Assert.Null(EventRules.FindIdError(id, "userId"));

    [Fact]
    public void FindIdError_Length_IsBounded()
    {
        Assert.Null(EventRules.FindIdError(new string('x', 128), "userId"));
        Assert.Equal("userId: expected 1 to 128 characters, got 129", EventRules.FindIdError(new string('x', 129), "userId"));
    }

    [Fact]
    public void FindError_ValidEvent_ReturnsNull() => Assert.Null(EventRules.FindError(s_valid, s_now));

    [Fact]
    public void FindError_EachId_IsChecked()
    {
        AssertError(s_valid with { Id = default }, "eventId: expected");
        AssertError(s_valid with { User = new UserId("\t") }, "userId: control");
        AssertError(s_valid with { Track = new TrackId("") }, "trackId: expected");
        AssertError(s_valid with { Playlist = new PlaylistId("\ud83c") }, "playlistId: half");
    }

    [Fact]
    public void FindError_EachKind_NeedsItsTarget()
    {
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            var needsTrack = kind is EventKind.Listen or EventKind.Skip;
            var needsPlaylist = kind is EventKind.Follow or EventKind.Unfollow or EventKind.Impression or EventKind.Click;
            var name = kind.ToWireName();
            AssertTarget(kind, track: true, playlist: true, null);
            AssertTarget(kind, track: true, playlist: false, needsPlaylist ? $"playlistId: required for kind '{name}'" : null);
            AssertTarget(kind, track: false, playlist: true, needsTrack ? $"trackId: required for kind '{name}'" : null);
            AssertTarget(kind, track: false, playlist: false, needsTrack ? "trackId: " : needsPlaylist ? "playlistId: " : "trackId or playlistId: ");
        }

        static void AssertTarget(EventKind kind, bool track, bool playlist, string? expected) => AssertError(
            s_valid with { Kind = kind, Track = track ? new TrackId("t") : null, Playlist = playlist ? new PlaylistId("p") : null }, expected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(255)]
    public void FindError_UnknownKind_IsRefused(byte kind) => AssertError(s_valid with { Kind = (EventKind)kind }, $"kind: unknown value {kind}");

    [Theory]
    [InlineData(0, null)]
    [InlineData(EventRules.MaxDurationMs, null)]
    [InlineData(-1, "expected 0 or more milliseconds, got -1")]
    [InlineData(int.MinValue, "expected 0 or more")]
    [InlineData(EventRules.MaxDurationMs + 1, "expected at most 86400000 milliseconds (24 h), got 86400001")]
    public void FindError_Durations_AreBounded(int milliseconds, string? fault)
    {
        AssertError(s_valid with { PlayedMs = milliseconds }, fault is null ? null : $"playedMs: {fault}");
        AssertError(s_valid with { DurationMs = milliseconds }, fault is null ? null : $"durationMs: {fault}");
        Assert.Null(EventRules.FindError(s_valid with { PlayedMs = null, DurationMs = null }, s_now));
    }

    [Fact]
    public void FindError_Times_AreBounded()
    {
        AssertError(s_valid with { OccurredAt = s_now + EventRules.ClockSkew }, null);
        AssertError(s_valid with { OccurredAt = s_now + EventRules.ClockSkew + TimeSpan.FromMilliseconds(1) }, "occurredAt: more than 5 minutes in the future");
        AssertError(s_valid with { OccurredAt = (s_now + EventRules.ClockSkew).ToOffset(TimeSpan.FromHours(14)) }, null);
        AssertError(s_valid with { OccurredAt = EventRules.Earliest }, null);
        AssertError(s_valid with { OccurredAt = EventRules.Earliest - TimeSpan.FromTicks(1) }, "occurredAt: before 1990-01-01");
        AssertError(s_valid with { OccurredAt = DateTimeOffset.MaxValue }, "occurredAt: ");
        AssertError(s_valid with { OccurredAt = default }, "occurredAt: ");
    }

    [Fact]
    public void FindError_PlaysAndContext_AreBounded()
    {
        AssertError(s_valid with { Plays = 0 }, "plays: expected at least 1, got 0");
        AssertError(s_valid with { Plays = -5 }, "plays: ");
        AssertError(s_valid with { Context = new string(' ', 1024) }, null);
        AssertError(s_valid with { Context = new string(' ', 1025) }, "context: expected at most 1024 characters, got 1025");
    }

    [Fact]
    public void Kinds_WireNames_RoundTrip()
    {
        var kinds = Enum.GetValues<EventKind>();
        Assert.Equal(kinds.Length, EventKinds.Names.Count);
        Assert.Equal("listen skip like unlike hide unhide save follow unfollow impression click", string.Join(' ', EventKinds.Names));
        foreach (var kind in kinds)
        {
            Assert.True(kind.IsKnown());
            Assert.Equal(EventKinds.Names[(int)kind - 1], kind.ToWireName());
            Assert.True(EventKinds.TryParse(kind.ToWireName(), out var parsed));
            Assert.Equal(kind, parsed);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Listen")]
    [InlineData("listen ")]
    [InlineData("1")]
    [InlineData("dance")]
    public void Kinds_UnknownName_IsRefused(string name)
    {
        Assert.False(EventKinds.TryParse(name, out var kind));
        Assert.False(kind.IsKnown());
        Assert.Equal("0", kind.ToWireName());
    }

    private static void AssertError(UserEvent @event, string? expected)
    {
        var error = EventRules.FindError(@event, s_now);
        if (expected is null)
        {
            Assert.Null(error);
        }
        else
        {
            Assert.StartsWith(expected, error, StringComparison.Ordinal);
        }
    }
}
