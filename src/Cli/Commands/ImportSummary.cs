using Buddies.Training.Import;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary>An import's report in words.</summary>
internal static class ImportSummary
{
    public static void Print(ImportReport report)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumn("file");
        foreach (var column in (string[])["rows", "imported", "left out", "of these bad"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var file in report.Files)
        {
            table.AddRow(Markup.Escape(file.Name), $"{file.RowsRead:N0}", $"{file.RowsImported:N0}", $"{file.RowsSkipped:N0}", $"{file.BadRows:N0}");
        }

        ToolRunner.People.Write(table);
        Say($"{report.Events:N0} events, {report.Duplicates:N0} duplicates, {report.Users:N0} listeners, {report.Items:N0} items, {report.Playlists:N0} playlists, {report.Friendships:N0} friendships in {report.Seconds:0.00} s");
        if (report.MatchRate is { } match)
        {
            Say($"Joined by name: {match.MatchedArtists:N0} of {match.Artists:N0} artists ({match.OfArtists:P1}), {match.MatchedEntries:N0} of {match.Entries:N0} entries ({match.OfEntries:P1}), {match.MatchedArtists:N0} of the catalogue's {match.CatalogueArtists:N0} artists ({match.OfCatalogue:P1})");
        }

        foreach (var note in report.Notes)
        {
            Say($"{note.Count:N0} {note.What}");
        }

        if (report.FirstBadLine is { } bad)
        {
            Say($"First bad line: {bad}");
        }
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
