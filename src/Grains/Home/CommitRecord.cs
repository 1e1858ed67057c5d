using System.Globalization;

namespace Buddies.Grains.Home;

/// <summary>Which contributions are in what the cluster has learned: how many, and the names of the latest.</summary>
/// <param name="Number">How many commits there were.</param>
/// <param name="Latest">The newest first.</param>
internal sealed record CommitRecord(long Number, IReadOnlyList<string> Latest)
{
    /// <summary>Commits of all silos within a good half of an hour, if ten silos commit once a minute.</summary>
    private const int Kept = 300;

    /// <param name="text">From <see cref="Write"/>; null for none.</param>
    public static CommitRecord Read(string? text)
    {
        var words = text?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 0 && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new CommitRecord(number, words[1..])
            : new CommitRecord(0, []);
    }

    /// <summary>
    /// Whether a contribution is in. Where its commit was tried so long ago that its name may have been left out since, it counts as in:
    /// better lost than doubled.
    /// </summary>
    public bool Has(Contribution contribution) =>
        Latest.Contains(contribution.Name, StringComparer.Ordinal) || (contribution.TriedAt is { } tried && Number - tried > Kept);

    /// <summary>The record after a commit.</summary>
    /// <param name="name">The name of what was committed.</param>
    public CommitRecord With(string name) => new(Number + 1, [name, .. Latest.Take(Kept - 1)]);

    public string Write() => string.Join(' ', Latest.Prepend(Number.ToString(CultureInfo.InvariantCulture)));
}
