using System.Globalization;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Home;

/// <summary>Says why a card is there, in numbers that anybody can check against the facts.</summary>
internal sealed partial class Reasons(HomeInputs inputs, PageDraft page)
{
    private readonly double _meanEvidence = inputs.Facts.ComputeMeanEvidence();

    /// <summary>For example "from listener 275, 0.83 taste match, 12 artists in common"; what they do not have in common, or what is not known, is not said.</summary>
    public string FromBuddy(NearListener buddy)
    {
        return string.Create(CultureInfo.InvariantCulture, $"from listener {buddy.User.Value}, {buddy.Similarity:0.00} taste match{DescribeCommon(buddy.Index)}");
    }

    /// <summary>For example "0.71 taste match, 14 of its 60 tracks are yours, Radiohead most of all".</summary>
    public string FromTaste(Candidate candidate)
    {
        var contents = inputs.Catalogue.Describe(candidate.Playlist)!;
        var noun = Noun(contents, contents.Ascending.Length);
        if (candidate.KnownTracks == 0)
        {
            // Not "none played": a track that was skipped more than it was played may have been played all the same.
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{candidate.Features.TasteMatch:0.00} taste match, none of its {contents.Ascending.Length} {noun} {(contents.Ascending.Length == 1 ? "is" : "are")} yours so far");
        }

        var verb = candidate.KnownTracks == 1 ? "is" : "are";
        var strongest = StrongestName(contents);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{candidate.Features.TasteMatch:0.00} taste match, {candidate.KnownTracks} of its {contents.Ascending.Length} {noun} {verb} yours{(strongest is null ? "" : $", {strongest} most of all")}");
    }

    /// <summary>For example "followed by 1,204 listeners".</summary>
    public string FromPopularity(Candidate candidate)
    {
        var followers = page.FollowersOf(candidate.Playlist);
        var contents = inputs.Catalogue.Describe(candidate.Playlist)!;
        return followers switch
        {
            0 => string.Create(CultureInfo.InvariantCulture, $"{contents.Ascending.Length} {Noun(contents, contents.Ascending.Length)}, no followers yet"),
            1 => "followed by 1 listener",
            _ => string.Create(CultureInfo.InvariantCulture, $"followed by {followers:N0} listeners"),
        };
    }

    private string DescribeCommon(UserIndex buddy)
    {
        var theirs = page.Scratch.Theirs;
        var count = inputs.Known.CopyKnownTracks(buddy, theirs);
        var artists = page.Scratch.Common;
        artists.Clear();
        var tracks = 0;
        for (var i = 0; i < count; i++)
        {
            if (inputs.Catalogue.ArtistOf(new TrackIndex(theirs[i])) is >= 0 and var artist && page.Listener.KnownArtists.Contains(artist))
            {
                artists.Add(artist);
            }

            tracks += page.Listener.IsKnown(theirs[i]) ? 1 : 0;
        }

        // Where nobody told the artists' names, tracks have to do.
        return artists.Count > 0 ? Say(artists.Count, "artist") : tracks > 0 ? Say(tracks, "track") : "";

        static string Say(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $", {count} {noun}{(count == 1 ? "" : "s")} in common");
    }

    /// <summary>The artist of the playlist's tracks to whom the listener's facts give the most confidence.</summary>
    private string? StrongestName(PlaylistContents contents)
    {
        var best = 0.0;
        string? name = null;
        foreach (var track in contents.Ascending)
        {
            if (page.Listener.IsKnown(track)
                && inputs.Facts.TryGetTrack(new TrackIndex(track), out var fact)
                && inputs.Facts.Weigh(fact, _meanEvidence) is var weight
                && weight.Confidence > best
                && inputs.Catalogue.Describe(new TrackIndex(track)) is { } described)
            {
                best = weight.Confidence;
                name = described.Artist.Length > 0 ? described.Artist : described.Title;
            }
        }

        return name;
    }

    private static string Noun(PlaylistContents contents, int count) => (contents.HoldsArtists, count) switch
    {
        (true, 1) => "artist",
        (true, _) => "artists",
        (_, 1) => "track",
        _ => "tracks",
    };
}
