using System.Runtime.InteropServices;
using System.Text;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Import;

/// <summary>How often listeners gave each tag to each artist.</summary>
internal sealed class HetRecTags
{
    public const string TagsFile = "tags.dat";
    public const string AssignmentsFile = "user_taggedartists.dat";

    private const int TagsOfAnArtist = 8;
    private const int LastfmFounded = 2002;
    private const int DatasetPublished = 2011;

    private static readonly TsvFormat s_tags = new(["tagID", "tagValue"], HasHeader: true, Encoding.Latin1);
    private static readonly TsvFormat s_assignments = TsvFormat.WithHeader("userID", "artistID", "tagID", "day", "month", "year");

    private readonly Dictionary<TrackId, Dictionary<string, int>> _counts = [];

    private HetRecTags()
    {
    }

    public static HetRecTags Read(string path, Dictionary<int, HetRecArtist> artists, ImportRun run)
    {
        var names = ReadNames(path, run);
        var tags = new HetRecTags();
        using var file = new TsvFile(Path.Combine(path, AssignmentsFile), s_assignments, run);
        while (file.Next())
        {
            if (!file.TryNumber(1, 0, out var number) || !file.TryNumber(2, 0, out var tag) || !file.TryNumber(5, 0, out var year))
            {
                continue;
            }

            if (!artists.TryGetValue(number, out var artist))
            {
                run.Note("tag rows left out: the artist is not in artists.dat");
                file.Tally.Skipped();
                continue;
            }

            if (!names.TryGetValue(tag, out var name))
            {
                run.Note("tag rows left out: the tag is not in tags.dat");
                file.Tally.Skipped();
                continue;
            }

            if (year is < LastfmFounded or > DatasetPublished)
            {
                run.Note("tag rows with an impossible year: counted, for the year is not used");
            }

            tags.Count(artist.Key, name);
            file.Tally.Imported();
        }

        return tags;
    }

    /// <summary>An artist's tags, the most often given first, equal ones by name; at most 8.</summary>
    public IReadOnlyList<string> Top(TrackId artist) => _counts.TryGetValue(artist, out var counts)
        ? [.. counts.OrderByDescending(tag => tag.Value).ThenBy(tag => tag.Key, StringComparer.Ordinal).Take(TagsOfAnArtist).Select(tag => tag.Key)]
        : [];

    private static Dictionary<int, string> ReadNames(string path, ImportRun run)
    {
        using var file = new TsvFile(Path.Combine(path, TagsFile), s_tags, run);
        var names = new Dictionary<int, string>();
        while (file.Next())
        {
            if (!file.TryNumber(0, 0, out var number))
            {
                continue;
            }

            var name = file.Text(1).Trim();
            if (name.Length == 0)
            {
                file.Bad("tagValue: expected a word, got none");
                continue;
            }

            names[number] = name;
            file.Tally.Imported();
        }

        return names;
    }

    private void Count(TrackId artist, string tag)
    {
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, artist, out _);
        counts ??= [];
        CollectionsMarshal.GetValueRefOrAddDefault(counts, tag, out _)++;
    }
}
