namespace Buddies.Engine.Events;

/// <summary>The kinds' names on the wire.</summary>
public static class EventKinds
{
    private static readonly string[] s_names =
        ["", "listen", "skip", "like", "unlike", "hide", "unhide", "save", "follow", "unfollow", "impression", "click"];

    /// <summary>All names, in the order of their numbers.</summary>
    public static IReadOnlyList<string> Names { get; } = s_names[1..];

    /// <summary>Whether the number is one of the kinds.</summary>
    /// <param name="kind">Any value.</param>
    /// <returns>True for a kind of this version.</returns>
    public static bool IsKnown(this EventKind kind) => (int)kind is > 0 and < 12;

    /// <summary>The kind's name in JSON.</summary>
    /// <param name="kind">A known kind.</param>
    /// <returns>Lower-case name; the number as text when unknown.</returns>
    public static string ToWireName(this EventKind kind) => kind.IsKnown() ? s_names[(int)kind] : ((int)kind).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads a name.</summary>
    /// <param name="name">The JSON name, lower case.</param>
    /// <param name="kind">The kind, when known.</param>
    /// <returns>False when no kind has that name.</returns>
    public static bool TryParse(ReadOnlySpan<char> name, out EventKind kind)
    {
        for (var i = 1; i < s_names.Length; i++)
        {
            if (name.SequenceEqual(s_names[i]))
            {
                kind = (EventKind)i;
                return true;
            }
        }

        kind = default;
        return false;
    }

    /// <summary>Reads a name as it stands in JSON.</summary>
    /// <param name="utf8Name">The JSON name, lower case, in UTF-8.</param>
    /// <param name="kind">The kind, when known.</param>
    /// <returns>False when no kind has that name.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8Name, out EventKind kind)
    {
        for (var i = 1; i < s_names.Length; i++)
        {
            if (System.Text.Ascii.Equals(utf8Name, s_names[i]))
            {
                kind = (EventKind)i;
                return true;
            }
        }

        kind = default;
        return false;
    }
}
