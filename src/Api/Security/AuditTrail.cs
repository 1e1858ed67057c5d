using Buddies.Storage.Audit;

namespace Buddies.Api.Security;

/// <summary>Writes down what was done with keys. Opened by the first entry, so that a server that only reads needs no folder.</summary>
internal sealed class AuditTrail(BuddiesApiOptions options, TimeProvider time) : IDisposable
{
    private readonly Lazy<AuditLog> _log = new(() => AuditLog.Open(options.DataDirectory, Environment.MachineName));

    /// <summary>Writes an entry; durable when it returns.</summary>
    /// <param name="context">The request, for who asks.</param>
    /// <param name="action">What.</param>
    /// <param name="target">On what; a listener as <see cref="AuditLog.Pseudonym"/>.</param>
    /// <param name="status">What was answered.</param>
    public void Write(HttpContext context, string action, string target, int status)
    {
        var caller = Caller.Of(context) ?? Caller.Local;
        _log.Value.Append(new AuditEntry(
            time.GetUtcNow(), caller.Name, caller.Key?.Id ?? "", action, target, status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    public void Dispose()
    {
        if (_log.IsValueCreated)
        {
            _log.Value.Dispose();
        }
    }
}
