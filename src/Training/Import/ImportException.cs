namespace Buddies.Training.Import;

/// <summary>The import cannot go on; nothing of it remains.</summary>
public sealed class ImportException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected and what came.</param>
    /// <param name="badLine">The line at fault, where there is one.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public ImportException(string message, BadLine? badLine = null, Exception? innerException = null)
        : base(message, innerException) => BadLine = badLine;

    /// <summary>The line at fault; null when it is the file or folder itself.</summary>
    public BadLine? BadLine { get; }
}
