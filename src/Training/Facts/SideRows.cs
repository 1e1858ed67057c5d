using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Training.Facts;

/// <summary>
/// Rows that are no listeners but help to place tracks: those who carry a tag, and those who stand in a playlist
/// together. They take part in the tracks' half-step like listeners, and their vectors are thrown away
/// (collective matrix factorization; Singh and Gordon 2008).
/// </summary>
public static class SideRows
{
    /// <summary>A row for each tag that two tracks or more carry, in ordinal order of the tags.</summary>
    /// <param name="set">The training set.</param>
    /// <param name="weight">w of a track's strongest tag, above 0; the n-th tag weighs 1/√n of it.</param>
    /// <returns>[tags × tracks].</returns>
    public static SparseRows FromTags(TrainingSet set, double weight)
    {
        ArgumentNullException.ThrowIfNull(set);
        var byTag = new SortedDictionary<string, List<(int Row, float Confidence)>>(StringComparer.Ordinal);
        for (var row = 0; row < set.TrackCount; row++)
        {
            var tags = set.Facts.Catalogue.Describe(new TrackIndex(set.TrackOfRow[row]))?.Tags ?? [];
            for (var i = 0; i < tags.Count; i++)
            {
                if (!byTag.TryGetValue(tags[i], out var carriers))
                {
                    byTag.Add(tags[i], carriers = []);
                }

                carriers.Add((row, (float)(weight / Math.Sqrt(i + 1))));
            }
        }

        var rows = new SparseRowsBuilder(set.TrackCount);
        foreach (var carriers in byTag.Values.Where(carriers => carriers.Count > 1))
        {
            foreach (var (row, confidence) in carriers)
            {
                rows.Add(row, confidence, 1);
            }

            rows.EndRow();
        }

        return rows.Build();
    }

    /// <summary>A row for each playlist of two tracks or more.</summary>
    /// <param name="set">The training set.</param>
    /// <param name="weight">What the confidence of an entry, as <see cref="PlaylistFold"/> has it, is multiplied by.</param>
    /// <param name="transform">The taste transform.</param>
    /// <returns>[playlists × tracks].</returns>
    public static SparseRows FromPlaylists(TrainingSet set, double weight, TasteTransform transform)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(transform);
        var rows = new SparseRowsBuilder(set.TrackCount);
        foreach (var playlist in set.Playlists.Where(playlist => playlist.Ascending.Length > 1))
        {
            var mean = playlist.Times.Average();
            for (var i = 0; i < playlist.Ascending.Length; i++)
            {
                var confidence = transform.ConfidenceOf(playlist.Times[i], mean);
                rows.Add(set.RowOfTrack[playlist.Ascending[i]], (float)(weight * confidence), 1);
            }

            rows.EndRow();
        }

        return rows.Build();
    }
}
