using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Buddies;

/// <summary>Everybody's taste vectors, open to moves, and the nearest of them to any one.</summary>
/// <remarks>One writer for each listener; any number of readers beside the writers.</remarks>
public interface IBuddyIndex
{
    /// <summary>Puts a listener at a place, or moves one there.</summary>
    /// <param name="user">Who.</param>
    /// <param name="vector">[d], unit length; all zero is as good as <see cref="Remove"/>.</param>
    void Upsert(UserIndex user, ReadOnlySpan<float> vector);

    /// <summary>Takes a listener out; one who is not in stays out.</summary>
    /// <param name="user">Who.</param>
    void Remove(UserIndex user);

    /// <summary>Finds the nearest listeners.</summary>
    /// <param name="vector">[d], unit length.</param>
    /// <param name="except">A listener to leave out, usually the asker.</param>
    /// <param name="users">Destination for listeners' positions, nearest first; equal similarities rank by position.</param>
    /// <param name="similarities">Destination for cosines, as long as <paramref name="users"/>.</param>
    /// <returns>How many were found.</returns>
    int FindNearest(ReadOnlySpan<float> vector, UserIndex except, Span<int> users, Span<float> similarities);
}
