namespace Buddies.Engine.Events;

/// <summary>What makes an event acceptable: the one check that every door uses (HTTP, import, replay).</summary>
public static class EventRules
{
    /// <summary>Longest id of any kind, in UTF-16 characters.</summary>
    public const int MaxIdLength = 128;

    /// <summary>Longest play and longest track that is believed: 24 hours, in milliseconds.</summary>
    public const int MaxDurationMs = 24 * 60 * 60 * 1000;

    /// <summary>Most characters of the producer's context.</summary>
    public const int MaxContextLength = 1024;

    /// <summary>How far a producer's clock may run ahead of ours.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>The earliest time that is believed.</summary>
    public static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Finds what is wrong with an event.</summary>
    /// <param name="event">The event.</param>
    /// <param name="now">The present, by the server's clock.</param>
    /// <returns>Null when it is acceptable; else one sentence that names the field, what was expected and what came.</returns>
    public static string? FindError(in UserEvent @event, DateTimeOffset now)
    {
        var idError = FindIdError(@event.Id.Value, "eventId")
            ?? FindIdError(@event.User.Value, "userId")
            ?? (@event.Track is { } track ? FindIdError(track.Value, "trackId") : null)
            ?? (@event.Playlist is { } playlist ? FindIdError(playlist.Value, "playlistId") : null);
        if (idError is not null)
        {
            return idError;
        }

        return FindTargetError(@event)
            ?? FindDurationError(@event.PlayedMs, "playedMs")
            ?? FindDurationError(@event.DurationMs, "durationMs")
            ?? FindTimeError(@event.OccurredAt, now)
            ?? (@event.Plays < 1 ? $"plays: expected at least 1, got {@event.Plays}" : null)
            ?? (@event.Context is { Length: > MaxContextLength } context
                ? $"context: expected at most {MaxContextLength} characters, got {context.Length}" : null);
    }

    /// <summary>Finds what is wrong with an id.</summary>
    /// <param name="id">The id's text, null when it was missing.</param>
    /// <param name="field">The field's name, for the message.</param>
    /// <returns>Null when acceptable; else one sentence.</returns>
    public static string? FindIdError(string? id, string field)
    {
        if (string.IsNullOrEmpty(id))
        {
            return $"{field}: expected 1 to {MaxIdLength} characters, got none";
        }

        if (id.Length > MaxIdLength)
        {
            return $"{field}: expected 1 to {MaxIdLength} characters, got {id.Length}";
        }

        for (var i = 0; i < id.Length; i++)
        {
            if (char.IsControl(id[i]))
            {
                return $"{field}: control characters are not allowed";
            }

            // UTF-8 has no form for half a pair: two such ids would become one on disk.
            if (char.IsSurrogate(id[i]) && (i + 1 == id.Length || !char.IsSurrogatePair(id[i], id[++i])))
            {
                return $"{field}: half of a UTF-16 surrogate pair is not allowed, for it cannot be written as UTF-8";
            }
        }

        return null;
    }

    private static string? FindTargetError(in UserEvent @event) => @event.Kind switch
    {
        EventKind.Listen or EventKind.Skip when @event.Track is null =>
            $"trackId: required for kind '{@event.Kind.ToWireName()}'",
        EventKind.Follow or EventKind.Unfollow or EventKind.Impression or EventKind.Click when @event.Playlist is null =>
            $"playlistId: required for kind '{@event.Kind.ToWireName()}'",
        EventKind.Like or EventKind.Unlike or EventKind.Hide or EventKind.Unhide or EventKind.Save
            when @event.Track is null && @event.Playlist is null =>
            $"trackId or playlistId: one is required for kind '{@event.Kind.ToWireName()}'",
        _ when !@event.Kind.IsKnown() => $"kind: unknown value {(byte)@event.Kind}",
        _ => null,
    };

    private static string? FindDurationError(int? milliseconds, string field) => milliseconds switch
    {
        null => null,
        < 0 => $"{field}: expected 0 or more milliseconds, got {milliseconds}",
        > MaxDurationMs => $"{field}: expected at most {MaxDurationMs} milliseconds (24 h), got {milliseconds}",
        _ => null,
    };

    private static string? FindTimeError(DateTimeOffset occurredAt, DateTimeOffset now)
    {
        if (occurredAt > now + ClockSkew)
        {
            return $"occurredAt: more than {ClockSkew.TotalMinutes:0} minutes in the future";
        }

        return occurredAt < Earliest ? $"occurredAt: before {Earliest:yyyy-MM-dd}" : null;
    }
}
