using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Facts;

/// <summary>
/// Facts as the trainer sees them: a row for each listener with a fact that counts, a column for each track that some
/// fact or some playlist names, in catalogue order.
/// </summary>
public sealed class TrainingSet
{
    private TrainingSet(FactSet facts, int[] trackOfRow, int[] rowOfTrack, PlaylistContents[] playlists, int[] users, SparseRows interactions)
    {
        Facts = facts;
        TrackOfRow = trackOfRow;
        RowOfTrack = rowOfTrack;
        Playlists = playlists;
        Users = users;
        Interactions = interactions;
    }

    /// <summary>Where it comes from.</summary>
    public FactSet Facts { get; }

    /// <summary>The catalogue position of each track row.</summary>
    public int[] TrackOfRow { get; }

    /// <summary>The row of each catalogue position; −1 for a track that nothing names.</summary>
    public int[] RowOfTrack { get; }

    /// <summary>The playlists that the catalogue describes, in its order.</summary>
    public PlaylistContents[] Playlists { get; }

    /// <summary>The position in <see cref="FactSet.Users"/> of each user row.</summary>
    public int[] Users { get; }

    /// <summary>[users × tracks].</summary>
    public SparseRows Interactions { get; }

    /// <summary>Track rows.</summary>
    public int TrackCount => TrackOfRow.Length;

    /// <summary>The id of a track row.</summary>
    public TrackId TrackIdOf(int row) => Facts.Catalogue.IdOf(new TrackIndex(TrackOfRow[row]));

    /// <summary>Weighs every fact.</summary>
    /// <param name="facts">Facts as of an offset.</param>
    /// <returns>The set; with no rows when there is no fact that counts.</returns>
    public static TrainingSet From(FactSet facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var playlists = DescribePlaylists(facts.Catalogue);
        var isNamed = new bool[facts.Catalogue.TrackCount];
        foreach (var track in playlists.SelectMany(playlist => playlist.Ascending))
        {
            isNamed[track] = true;
        }

        var users = new List<int>();
        var byTrack = new SparseRowsBuilder(isNamed.Length);
        for (var user = 0; user < facts.Users.Count; user++)
        {
            var taste = facts.Tastes[user];
            var mean = taste.ComputeMeanEvidence();
            foreach (ref readonly var fact in taste.Tracks)
            {
                var (confidence, preference) = taste.Weigh(fact, mean);
                if ((float)confidence > 0)
                {
                    byTrack.Add(fact.Track, (float)confidence, (float)preference);
                    isNamed[fact.Track] = true;
                }
            }

            if (byTrack.OpenCount > 0)
            {
                users.Add(user);
                byTrack.EndRow();
            }
        }

        int[] trackOfRow = [.. Enumerable.Range(0, isNamed.Length).Where(track => isNamed[track])];
        var rowOfTrack = new int[isNamed.Length];
        Array.Fill(rowOfTrack, -1);
        for (var row = 0; row < trackOfRow.Length; row++)
        {
            rowOfTrack[trackOfRow[row]] = row;
        }

        var rows = byTrack.Build();
        var interactions = new SparseRows(
            trackOfRow.Length, rows.Offsets, Array.ConvertAll(rows.Columns, track => rowOfTrack[track]), rows.Confidences, rows.Preferences);
        return new TrainingSet(facts, trackOfRow, rowOfTrack, playlists, [.. users], interactions);
    }

    private static PlaylistContents[] DescribePlaylists(MusicCatalogue catalogue)
    {
        var playlists = new List<PlaylistContents>();
        for (var i = 0; i < catalogue.PlaylistCount; i++)
        {
            if (catalogue.Describe(new PlaylistIndex(i)) is { } contents)
            {
                playlists.Add(contents);
            }
        }

        return [.. playlists];
    }
}
