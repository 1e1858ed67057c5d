namespace Buddies.Engine.Snapshots;

/// <summary>A snapshot is damaged, incomplete or of another format; the message names the file, what was expected and what was found.</summary>
public sealed class SnapshotException : Exception
{
    /// <summary>Says nothing more.</summary>
    public SnapshotException()
    {
    }

    /// <summary>Says what is wrong.</summary>
    /// <param name="message">One sentence for an operator.</param>
    public SnapshotException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong, and what caused it.</summary>
    /// <param name="message">One sentence for an operator.</param>
    /// <param name="innerException">The cause.</param>
    public SnapshotException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
