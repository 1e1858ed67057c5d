using Buddies.Engine.Doorman;
using Buddies.Engine.Experiments;
using Buddies.Engine.Identifiers;

namespace Buddies.Grains.Doorman;

/// <summary>
/// What listeners of all silos did with the current version, added up from what the silos report, and whether it has fallen.
/// </summary>
/// <remarks>
/// Silos count from their own start, and come and go: what is added is what each has counted since its report before. Begins
/// anew with each version, and where the doorman has moved to another silo.
/// </remarks>
internal sealed class ClusterEngagement(EngagementWatchOptions options)
{
    private readonly Dictionary<Member, EngagementCounts> _heard = [];
    private SnapshotVersion _version;
    private EngagementCounts _sum;
    private EngagementWatch? _watch;

    /// <summary>Where the watch of the current version stands.</summary>
    public EngagementState State => _watch?.State ?? default;

    /// <summary>A silo has said what its listeners did.</summary>
    /// <param name="silo">Which start of which silo; the first report of each tells from where to count.</param>
    /// <param name="version">With which version.</param>
    /// <param name="counts">Since that silo began to count; less than before where it began anew.</param>
    public void Hear(Member silo, SnapshotVersion version, EngagementCounts counts)
    {
        if (version != _version)
        {
            return; // Of before the flip, or from before the doorman's next look.
        }

        if (_heard.TryGetValue(silo, out var before))
        {
            var since = Reaches(counts, before) ? before : default;
            _sum = new EngagementCounts(
                _sum.Impressions + counts.Impressions - since.Impressions,
                _sum.Plays + counts.Plays - since.Plays,
                _sum.Likes + counts.Likes - since.Likes,
                _sum.Hides + counts.Hides - since.Hides);
        }

        _heard[silo] = counts;
    }

    /// <summary>Looks whether listeners surely do less with the current version than at first.</summary>
    /// <param name="current">That version; 0 for none.</param>
    /// <param name="now">The time.</param>
    /// <returns>True at the moment when that is sure, once for each version.</returns>
    public bool Look(SnapshotVersion current, DateTimeOffset now)
    {
        if (_watch is null || current != _version)
        {
            _heard.Clear();
            (_version, _sum, _watch) = (current, default, new EngagementWatch(options, now, default));
        }

        return _watch.Look(now, _sum);
    }

    private static bool Reaches(EngagementCounts counts, EngagementCounts before) =>
        counts.Impressions >= before.Impressions && counts.Plays >= before.Plays && counts.Likes >= before.Likes && counts.Hides >= before.Hides;
}
