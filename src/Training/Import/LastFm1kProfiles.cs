using System.Globalization;

namespace Buddies.Training.Import;

/// <summary>Checks the listeners' profiles of Last.fm 1K. They are personal data that nothing here needs: counted, never stored.</summary>
internal static class LastFm1kProfiles
{
    public const string FileName = "userid-profile.tsv";

    private static readonly TsvFormat s_profiles = TsvFormat.WithHeader("#id", "gender", "age", "country", "registered");

    public static void Check(string path, ImportRun run)
    {
        using var file = new TsvFile(path, s_profiles, run);
        while (file.Next())
        {
            if (FindError(file) is { } error)
            {
                file.Bad(error);
                continue;
            }

            run.Note("profiles checked and not stored: there is no place for personal data");
            file.Tally.Skipped();
        }
    }

    private static string? FindError(TsvFile file)
    {
        if (file.Bytes(0).IsEmpty)
        {
            return "#id: expected a user, got none";
        }

        if (file.Text(1) is not ("" or "m" or "f") and var gender)
        {
            return $"gender: expected m, f or nothing, got '{gender}'";
        }

        if (file.Text(2) is { Length: > 0 } age && !int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return $"age: expected a number or nothing, got '{age}'";
        }

        return file.Text(4) is { Length: > 0 } date && !DateOnly.TryParse(date, CultureInfo.InvariantCulture, out _)
            ? $"registered: expected a date or nothing, got '{date}'"
            : null;
    }
}
