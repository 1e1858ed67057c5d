namespace Buddies.Api.Bodies;

/// <summary>What names and words of the catalogue may look like.</summary>
internal static class TextRules
{
    /// <summary>Longest title or artist, in characters.</summary>
    public const int MaxTitleLength = 256;

    /// <summary>Longest tag, in characters.</summary>
    public const int MaxTagLength = 64;

    /// <summary>Finds what is wrong with a text.</summary>
    /// <returns>Null when nothing is.</returns>
    public static string? FindError(string? text, string field, int minLength, int maxLength)
    {
        var length = text?.Length ?? 0;
        if (length < minLength || length > maxLength)
        {
            return $"{field}: expected {minLength} to {maxLength} characters, got {length}";
        }

        return text is not null && text.Any(char.IsControl) ? $"{field}: control characters are not allowed" : null;
    }
}
