namespace Buddies.Engine.Snapshots;

/// <summary>What was found in the data that a snapshot was trained on.</summary>
/// <param name="Events">How many events took part.</param>
/// <param name="Listeners">How many listeners have a fact that counts.</param>
/// <param name="Tracks">Rows of tracks.</param>
/// <param name="Playlists">Rows of playlists.</param>
/// <param name="Facts">How many facts count.</param>
/// <param name="EarliestFact">The oldest of the facts' newest events; null without facts.</param>
/// <param name="LatestFact">The newest event of any fact; null without facts.</param>
/// <param name="LeastConfidence">The smallest confidence of a fact; 0 without facts.</param>
/// <param name="MostConfidence">The largest; 0 without facts.</param>
/// <param name="TracksWithoutTitle">Rows of tracks that the catalogue has no title for.</param>
/// <param name="TracksWithoutArtist">Rows of tracks that the catalogue has no artist for.</param>
/// <param name="TracksWithoutTags">Rows of tracks without tags.</param>
/// <param name="KnownTrackShare">The share of facts whose track the catalogue describes, 0 to 1.</param>
/// <param name="Errors">What must not be, one sentence each; empty when all is well.</param>
public sealed record DataReport(
    long Events,
    int Listeners,
    int Tracks,
    int Playlists,
    long Facts,
    DateTimeOffset? EarliestFact,
    DateTimeOffset? LatestFact,
    double LeastConfidence,
    double MostConfidence,
    int TracksWithoutTitle,
    int TracksWithoutArtist,
    int TracksWithoutTags,
    double KnownTrackShare,
    IReadOnlyList<string> Errors);
