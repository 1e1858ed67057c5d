using Buddies.Engine.Identifiers;

namespace Buddies.Storage;

/// <summary>Friendships from a dataset: the truth that <c>buddies evaluate friends</c> compares with.</summary>
public interface IFriendshipStore
{
    /// <summary>Streams every friendship once, the ordinally smaller id first.</summary>
    IAsyncEnumerable<(UserId First, UserId Second)> ReadAsync(CancellationToken cancellationToken);
}
