using Buddies.Embedded.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Api.Startup;

internal sealed class ServerGates(IStore store, string dataDirectory)
{
    public Task<GateOutcome> JudgeAsync(SnapshotVersion version, SnapshotVersion current, CancellationToken cancellationToken)
    {
        _ = (store, dataDirectory, version, current, cancellationToken);
        return Task.FromResult(new GateOutcome([], new Dictionary<string, double>()));
    }
}
