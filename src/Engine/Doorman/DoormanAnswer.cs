namespace Buddies.Engine.Doorman;

/// <summary>What an operator is told.</summary>
/// <param name="IsAccepted">Whether it is, or will be, done.</param>
/// <param name="Message">What will happen, or why not.</param>
public sealed record DoormanAnswer(bool IsAccepted, string Message);
