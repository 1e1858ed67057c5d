using Buddies.Engine.Events;

namespace Buddies.Storage.Keys;

/// <summary>One key as the server knows it: never the key itself.</summary>
/// <param name="Id">The part of the key that is no secret: finds the line, names the key in the audit log.</param>
/// <param name="Name">Whose key, for people; 1 to 64 characters.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Sha256">[32] SHA-256 of the whole key's text. Keys are 256 random bits, so no slow hash is needed.</param>
public sealed record AccessKey(string Id, string Name, AccessRole Role, byte[] Sha256)
{
    /// <summary>The one listener of a client's key; null in other roles.</summary>
    public string? User { get; init; }

    /// <summary>The kinds of events that it may send; null for all.</summary>
    public IReadOnlyList<EventKind>? Kinds { get; init; }

    /// <summary>The producer's name that its events carry, whatever the request says; null where the request may say.</summary>
    public string? Source { get; init; }

    /// <summary>Whether a producer may change tracks and playlists.</summary>
    public bool Catalogue { get; init; }

    /// <summary>Not good from then on; null for no end.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Most requests a second; null for the server's default of its role.</summary>
    public int? RequestsPerSecond { get; init; }

    /// <summary>Most live streams at one time; null for the server's default of its role.</summary>
    public int? Streams { get; init; }

    /// <summary>Whether it is good at a moment.</summary>
    public bool IsValidAt(DateTimeOffset now) => Expires is not { } end || now < end;
}

/// <summary>What tokens are signed with; the one secret that a server must hold in full.</summary>
/// <param name="Id">Names it in a token.</param>
/// <param name="Secret">[32] or more random bytes.</param>
public sealed record SigningSecret(string Id, byte[] Secret);
