namespace Buddies.Api.Problems;

/// <summary>One sort of error: its stable type, its status and its title. Never rename a type that was released.</summary>
/// <param name="Name">The last part of the type URI.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What people read.</param>
internal sealed record ProblemKind(string Name, int Status, string Title)
{
    public static readonly ProblemKind InvalidBody = new("invalid-body", 400, "The body cannot be read");
    public static readonly ProblemKind InvalidQuery = new("invalid-query", 400, "A parameter is not acceptable");
    public static readonly ProblemKind InvalidId = new("invalid-id", 400, "The id is not acceptable");
    public static readonly ProblemKind InvalidHeader = new("invalid-header", 400, "A header is not acceptable");
    public static readonly ProblemKind BadRequest = new("bad-request", 400, "The request cannot be read");
    public static readonly ProblemKind KeyMissing = new("key-missing", 401, "A key is asked for");
    public static readonly ProblemKind KeyRefused = new("key-refused", 401, "The key is not good");
    public static readonly ProblemKind Forbidden = new("forbidden", 403, "The key is not for that");
    public static readonly ProblemKind ForeignHost = new("foreign-host", 403, "The request is meant for another host");
    public static readonly ProblemKind ForeignOrigin = new("foreign-origin", 403, "The request comes from another site");
    public static readonly ProblemKind NotFound = new("not-found", 404, "There is nothing here");
    public static readonly ProblemKind PlaylistNotFound = new("playlist-not-found", 404, "There is no such playlist");
    public static readonly ProblemKind SnapshotNotFound = new("snapshot-not-found", 404, "There is no such model version");
    public static readonly ProblemKind NotErased = new("not-erased", 404, "There is no erasure to tell of");
    public static readonly ProblemKind ImpressionNotFound = new("impression-not-found", 404, "Nothing is known of this card any more");
    public static readonly ProblemKind HomeIsFixed = new("home-is-fixed", 404, "Home neither explores nor learns here");
    public static readonly ProblemKind MethodNotAllowed = new("method-not-allowed", 405, "This address does not know the method");
    public static readonly ProblemKind NoKeys = new("no-keys", 409, "The server asks for no keys");
    public static readonly ProblemKind DoormanRefuses = new("doorman-refuses", 409, "The doorman does not let that happen now");
    public static readonly ProblemKind BodyTooLarge = new("body-too-large", 413, "The body is too long");
    public static readonly ProblemKind TooManyItems = new("too-many-items", 413, "The body has too many items");
    public static readonly ProblemKind UnsupportedMediaType = new("unsupported-media-type", 415, "The body's type is not supported");
    public static readonly ProblemKind KeyReused = new("idempotency-key-reused", 422, "The idempotency key came with another body before");
    public static readonly ProblemKind Busy = new("busy", 429, "The server takes no more for the moment");
    public static readonly ProblemKind TooManyRequests = new("too-many-requests", 429, "The key has asked too often");
    public static readonly ProblemKind TooManyStreams = new("too-many-streams", 429, "Too many live streams are open");
    public static readonly ProblemKind Internal = new("internal-error", 500, "The server failed");
    public static readonly ProblemKind NotSupported = new("not-supported", 501, "This runtime cannot do that yet");
    public static readonly ProblemKind Unavailable = new("unavailable", 503, "The recommender cannot answer for the moment");
    public static readonly ProblemKind NotReady = new("not-ready", 503, "The server is not ready");

    /// <summary>The type URI.</summary>
    public string Type => $"urn:buddies:problem:{Name}";

    /// <summary>The kind for a status that carries no cause of its own.</summary>
    public static ProblemKind ForStatus(int status) => status switch
    {
        400 => BadRequest,
        404 => NotFound,
        405 => MethodNotAllowed,
        413 => BodyTooLarge,
        415 => UnsupportedMediaType,
        429 => Busy,
        503 => Unavailable,
        >= 500 => Internal with { Status = status },
        _ => new($"status-{status}", status, Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)),
    };
}
