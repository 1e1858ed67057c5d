namespace Buddies.Grains;

public sealed partial class ClusterDoor
{
    /// <summary>Asks the doorman for something, and waits until it is durable or refused.</summary>
    /// <param name="question">What.</param>
    /// <param name="cancellationToken">Gives up waiting; what was asked goes on.</param>
    public async ValueTask<DoormanReply> AskDoormanAsync(DoormanQuestion question, CancellationToken cancellationToken)
    {
        CheckReady();
        return await AskAsync(_grains.GetGrain<IDoormanGrain>(0).AskAsync(question).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the doorman alone knows.</summary>
    public async ValueTask<DoormanSight> LookAtDoormanAsync(CancellationToken cancellationToken) =>
        await AskAsync(_grains.GetGrain<IDoormanGrain>(0).LookAsync().AsTask(), cancellationToken).ConfigureAwait(false);
}
