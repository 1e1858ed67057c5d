namespace Buddies.Storage.Audit;

/// <summary>One thing that somebody with a key did to the server.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Who">The key's name; <c>local</c> on a server without keys.</param>
/// <param name="Key">The key's id; empty without keys.</param>
/// <param name="Action">What: <c>promote</c>, <c>token</c>, <c>erase</c> …</param>
/// <param name="Target">On what. A listener stands here as <see cref="AuditLog.Pseudonym"/>, never by id.</param>
/// <param name="Result">The answer's status, such as <c>202</c>.</param>
/// <param name="Previous">SHA-256 of the line before, in hexadecimal; empty in a file's first. Filled in by the log.</param>
public sealed record AuditEntry(DateTimeOffset At, string Who, string Key, string Action, string Target, string Result, string Previous = "");
