using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Import;

/// <summary>Event ids that are the same in every import of the same row, so that a second import changes nothing.</summary>
internal static class EventIds
{
    /// <summary>An id from a row's own words.</summary>
    /// <param name="text">The dataset's name, a colon, and what names the row.</param>
    /// <returns>The text; when it is too long for an id, the dataset's name and a hash of the text.</returns>
    public static EventId From(string text) => new(text.Length <= EventRules.MaxIdLength
        ? text
        : string.Concat(text.AsSpan(0, text.IndexOf(':') + 1), StableHash.Hex(text, 64)));
}
