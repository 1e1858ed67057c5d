using System.Text.Json;
using Buddies.Engine.Catalogue;

namespace Buddies.Storage.Sqlite;

/// <summary>Writes tracks inside a transaction that somebody else began.</summary>
internal sealed class TrackRows(SqliteWriter writer)
{
    private const string Insert =
        "INSERT INTO tracks (track_no, title, artist, tags) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (track_no) DO UPDATE SET ";

    private readonly SqliteStatement _upsert = writer.Database.Prepare(
        Insert + "title = excluded.title, artist = excluded.artist, tags = excluded.tags");

    private readonly SqliteStatement _add = writer.Database.Prepare(
        Insert + "tags = excluded.tags WHERE excluded.tags <> '[]'");

    /// <summary>Adds a track, or replaces all of it but its place in the order.</summary>
    public void Upsert(Track track) => Run(_upsert, track);

    /// <summary>Adds a track; of one that exists only the tags are replaced, and only by tags.</summary>
    public void Add(Track track) => Run(_add, track);

    private void Run(SqliteStatement statement, Track track) => statement
        .Bind(1, writer.Tracks.GetOrAdd(track.Id.Value))
        .Bind(2, track.Title)
        .Bind(3, track.Artist)
        .Bind(4, track.Tags.Count == 0 ? "[]" : JsonSerializer.Serialize(track.Tags))
        .Run();
}
