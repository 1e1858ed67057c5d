namespace Buddies.Training;

/// <summary>A training was cancelled, and its epochs are kept.</summary>
public sealed class TrainingStoppedException : OperationCanceledException
{
    /// <summary>An empty reason.</summary>
    public TrainingStoppedException()
    {
    }

    /// <summary>A reason for people.</summary>
    public TrainingStoppedException(string message)
        : base(message)
    {
    }

    /// <summary>A reason for people, and what caused it.</summary>
    public TrainingStoppedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
