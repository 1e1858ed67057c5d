namespace Buddies.Engine.Doorman;

/// <summary>
/// The doorman: lets one model version in at a time, on every node or on none. A pure state machine; whoever owns it
/// carries out its commands and tells it what came of them.
/// </summary>
/// <remarks>
/// Deterministic: the same inputs give the same commands. Begin with <see cref="RecordLoaded"/>; all that must survive is
/// in that record, so a new owner goes on where the last one fell, even beside one that has not died yet: of two that
/// write, the store lets one through. Not safe for concurrent use.
/// </remarks>
public sealed partial class DoormanProtocol
{
    /// <summary>Hears one thing.</summary>
    /// <param name="input">What.</param>
    /// <returns>What to do, in this order.</returns>
    public IReadOnlyList<DoormanCommand> Handle(DoormanInput input) => throw new NotImplementedException();
}
