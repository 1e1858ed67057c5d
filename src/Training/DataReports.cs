using System.Globalization;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Training.Facts;

namespace Buddies.Training;

/// <summary>Looks at the data of a training: counts, ranges, what is missing, what is known.</summary>
public static class DataReports
{
    /// <summary>Makes the report that goes into the manifest.</summary>
    /// <param name="set">What is trained on.</param>
    /// <param name="now">The time of the training; facts from after it are an error, but for what clocks differ by.</param>
    /// <returns>The report; its errors make the gates refuse the model.</returns>
    public static DataReport Make(TrainingSet set, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(set);
        var (earliest, latest) = FindTimes(set);
        var (least, most) = FindConfidences(set.Interactions);
        var known = new bool[set.TrackCount];
        var (withoutTitle, withoutArtist, withoutTags) = (0, 0, 0);
        for (var row = 0; row < set.TrackCount; row++)
        {
            var track = set.Facts.Catalogue.Describe(new TrackIndex(set.TrackOfRow[row]));
            known[row] = track is not null;
            withoutTitle += string.IsNullOrEmpty(track?.Title) ? 1 : 0;
            withoutArtist += string.IsNullOrEmpty(track?.Artist) ? 1 : 0;
            withoutTags += track?.Tags.Count is null or 0 ? 1 : 0;
        }

        var facts = set.Interactions.EntryCount;
        var errors = new List<string>();
        if (facts == 0)
        {
            errors.Add("The data holds no facts.");
        }

        if (!(least > 0) || !double.IsFinite(most))
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"Confidences must be above 0 and finite; they are {least} to {most}."));
        }

        if (latest > now.AddDays(1))
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"The latest fact is of {latest:u}, after the training itself."));
        }

        return new DataReport(
            set.Facts.EventCount,
            set.Users.Length,
            set.TrackCount,
            set.Playlists.Length,
            facts,
            earliest,
            latest,
            double.IsFinite(least) ? least : 0,
            double.IsFinite(most) ? most : 0,
            withoutTitle,
            withoutArtist,
            withoutTags,
            facts == 0 ? 0 : set.Interactions.Columns.Count(track => known[track]) / (double)facts,
            errors);
    }

    private static (DateTimeOffset? Earliest, DateTimeOffset? Latest) FindTimes(TrainingSet set)
    {
        var (earliest, latest) = (long.MaxValue, long.MinValue);
        foreach (var user in set.Users)
        {
            foreach (ref readonly var fact in set.Facts.Tastes[user].Tracks)
            {
                (earliest, latest) = (Math.Min(earliest, fact.LastAtMs), Math.Max(latest, fact.LastAtMs));
            }
        }

        return latest < earliest
            ? (null, null)
            : (DateTimeOffset.FromUnixTimeMilliseconds(earliest), DateTimeOffset.FromUnixTimeMilliseconds(latest));
    }

    private static (double Least, double Most) FindConfidences(SparseRows rows)
    {
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var confidence in rows.Confidences)
        {
            // Math.Min and Math.Max give NaN where any is.
            (least, most) = (Math.Min(least, confidence), Math.Max(most, confidence));
        }

        return rows.EntryCount == 0 ? (0, 0) : (least, most);
    }
}
