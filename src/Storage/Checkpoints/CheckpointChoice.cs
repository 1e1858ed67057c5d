using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Checkpoints;

/// <summary>Chooses among the two checkpoints that a store keeps of a user.</summary>
/// <remarks>
/// Rows come ordered by user and then by revision, newest first. The offset is under the checksum, the revision is not:
/// a damaged revision can only make an older checkpoint look newer than it is, so offsets are compared too.
/// </remarks>
internal struct CheckpointChoice
{
    private UserCheckpoint? _best;
    private UserId _user;
    private bool _newestIsDamaged;
    private bool _begun;

    /// <summary>Takes the next row in.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="state">Its bytes; null where they do not match their checksum.</param>
    /// <returns>The former user's choice, when this row begins another user.</returns>
    public UserCheckpoint? Add(UserId user, long offset, byte[]? state)
    {
        UserCheckpoint? done = null;
        if (!_begun || _user != user)
        {
            done = Take();
            (_user, _begun, _newestIsDamaged) = (user, true, state is null);
        }

        if (state is not null && (_best is not { } best || offset > best.Offset))
        {
            _best = new UserCheckpoint(user, state, offset);
        }

        return done;
    }

    /// <summary>The choice for the user whose rows came last; null before the first row.</summary>
    public UserCheckpoint? Take()
    {
        if (!_begun)
        {
            return null;
        }

        var choice = _best is { } best ? best with { IsFormer = _newestIsDamaged } : new UserCheckpoint(_user, null, 0);
        (_best, _begun) = (null, false);
        return choice;
    }
}
