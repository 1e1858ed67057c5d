using System.CommandLine;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Training.Import;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies import</c>: brings a public dataset into the store, all of it or nothing.</summary>
internal static class ImportCommand
{
    private static readonly Option<bool> s_strict = new("--strict") { Description = "Stop at the first bad row and import nothing; else bad rows are counted and left out." };

    private static readonly Option<DateTimeOffset?> s_asOf = AsOfOption.Create("The time of rows that carry none; now when absent.");

    private static readonly Option<bool> s_shiftToNow = new("--shift-to-now") { Description = "Move all times by one constant so that the newest becomes the import moment." };

    private static readonly Option<string> s_by = NewBy();

    public static Command Create() => new("import", "Import a public dataset in its original format.")
    {
        CreateFor(new HetRecImporter(), "HetRec 2011 Last.fm: the folder with its five .dat files.", s_strict, s_asOf),
        CreateFor(new MpdImporter(), "Spotify Million Playlist Dataset: a .json or .json.gz slice, or a folder of them.", s_strict, s_asOf, s_by),
        CreateFor(new TasteProfileImporter(), "Echo Nest Taste Profile: the file of triplets.", s_strict, s_asOf),
        CreateFor(new LastFm1kImporter(), "Last.fm 1K: the file of plays, or its folder.", s_strict, s_asOf, s_by, s_shiftToNow),
    };

    private static Command CreateFor(IDatasetImporter importer, string description, params Option[] options)
    {
        var path = new Argument<string>("PATH") { Description = "The dataset's file or folder." };
        var command = new Command(importer.Name, description) { path };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(
            () => ImportAsync(importer, parsed.GetRequiredValue(path), parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task ImportAsync(IDatasetImporter importer, string path, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var by = parsed.GetValue(s_by) == "artist" ? ItemLevel.Artist : ItemLevel.Track;
        var options = new ImportOptions
        {
            By = by,
            Strict = parsed.GetValue(s_strict),
            AsOf = parsed.GetValue(s_asOf),
            ShiftToNow = parsed.GetValue(s_shiftToNow),
            KnownTracks = by == ItemLevel.Artist ? await ReadKnownArtistsAsync(store, cancellationToken) : new HashSet<TrackId>(),
        };
        var session = await store.BeginImportAsync(importer.Name, cancellationToken);
        var report = await WorkProgress.ShowAsync(
            $"import {importer.Name}",
            progress => DatasetImport.RunAsync(importer, path, session, options, progress, cancellationToken));
        ImportSummary.Print(report);
        ToolRunner.PrintJson(parsed, report);
    }

    private static async Task<HashSet<TrackId>> ReadKnownArtistsAsync(IStore store, CancellationToken cancellationToken)
    {
        var known = new HashSet<TrackId>();
        await foreach (var track in store.Catalogue.ReadTracksAsync(cancellationToken))
        {
            if (ArtistKey.IsArtist(track.Id))
            {
                known.Add(track.Id);
            }
        }

        return known;
    }

    private static Option<string> NewBy()
    {
        var option = new Option<string>("--by") { Description = "What items are.", DefaultValueFactory = _ => "track" };
        option.AcceptOnlyFromAmong("artist", "track");
        return option;
    }
}
