using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;

namespace Buddies.Storage.Privacy;

/// <summary>What listeners have chosen about being seen. Erasing a listener takes their choices, and them out of others'.</summary>
public interface IPrivacyStore
{
    /// <summary>Everybody who has chosen anything.</summary>
    ValueTask<IReadOnlyDictionary<UserId, ListenerPrivacy>> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Replaces a listener's choices.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="privacy">The new ones; the default removes every row.</param>
    /// <param name="cancellationToken">Cancels before the effect.</param>
    ValueTask SaveAsync(UserId user, ListenerPrivacy privacy, CancellationToken cancellationToken);
}
