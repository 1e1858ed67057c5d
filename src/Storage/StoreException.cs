namespace Buddies.Storage;

/// <summary>The store could not do what was asked: it is gone, full, locked by somebody else, damaged, or not a store at all.</summary>
/// <remarks>The message names the file or the server. Nothing that was asked for in the failed call has taken effect, unless <see cref="IsUncertain"/>.</remarks>
public sealed class StoreException : Exception
{
    /// <summary>A failure without a message; prefer the others.</summary>
    public StoreException()
    {
    }

    /// <summary>A failure.</summary>
    /// <param name="message">What failed, and where.</param>
    public StoreException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with its cause.</summary>
    /// <param name="message">What failed, and where.</param>
    /// <param name="innerException">What caused it.</param>
    public StoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether somebody else held the store's lock for too long: the same call may succeed later.</summary>
    public bool IsBusy { get; init; }

    /// <summary>
    /// Whether the connection was lost while the commit was under way: all of the call has taken effect, or nothing.
    /// </summary>
    public bool IsUncertain { get; init; }
}
