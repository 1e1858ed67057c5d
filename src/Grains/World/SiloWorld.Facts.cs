using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Storage;

namespace Buddies.Grains.World;

/// <summary>What the store has of one listener.</summary>
internal sealed partial class SiloWorld
{
    /// <summary>A thousand listeners may come to life at once; the store has connections for a few of them at a time.</summary>
    private readonly SemaphoreSlim _loading = new(16, 16);

    /// <summary>A listener's facts: the checkpoint, and the log's tail behind it.</summary>
    /// <returns>The facts, and the last event in them; 0 for somebody without any.</returns>
    public async Task<LoadedFacts> LoadFactsAsync(UserId user, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await LoadAsync(user, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>A listener's events among the latest of all listeners.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="latest">How many of all listeners' events are looked at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<LoggedEvent>> ReadLatestAsync(UserId user, int latest, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var last = await Store.Events.LastOffsetAsync(cancellationToken).ConfigureAwait(false);
            return await Store.Events.ReadUserAsync(user, Math.Max(0, last - latest), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<LoadedFacts> LoadAsync(UserId user, CancellationToken cancellationToken)
    {
        var checkpoint = await Store.Checkpoints.ReadAsync(user, cancellationToken).ConfigureAwait(false);
        var facts = ReadFacts(checkpoint);
        var offset = facts is null ? 0 : checkpoint!.Value.Offset;
        facts ??= new UserTaste(Options.Transform);
        foreach (var logged in await Store.Events.ReadUserAsync(user, offset, cancellationToken).ConfigureAwait(false))
        {
            Apply(facts, null, logged.Event);
            offset = logged.Offset;
        }

        return new LoadedFacts(facts, offset) { IsBehind = offset > (checkpoint?.Offset ?? 0) || checkpoint?.IsFormer == true };
    }

    private UserTaste? ReadFacts(UserCheckpoint? checkpoint)
    {
        try
        {
            return checkpoint?.State is { } bytes ? UserTaste.Load(bytes, Catalogue, Options.Transform) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}

/// <summary>A listener's facts, as the store has them.</summary>
/// <param name="Facts">Checkpoint and tail.</param>
/// <param name="Offset">The last event in them; 0 for somebody without any.</param>
internal readonly record struct LoadedFacts(UserTaste Facts, long Offset)
{
    /// <summary>Whether the newest checkpoint lacks some of them.</summary>
    public bool IsBehind { get; init; }
}
