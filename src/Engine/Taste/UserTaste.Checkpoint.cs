using System.Text;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Taste;

public sealed partial class UserTaste
{
    private const byte CheckpointFormat = 1;

    /// <summary>Writes the facts with ids instead of positions, little-endian.</summary>
    /// <param name="catalogue">What gave the positions out.</param>
    /// <returns>The bytes: format, counts, then each fact with its id in UTF-8.</returns>
    public byte[] Save(MusicCatalogue catalogue)
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(CheckpointFormat);
        writer.Write(EventCount);
        writer.Write(NewestAtMs);
        writer.Write(TrackCount);
        foreach (ref readonly var fact in Tracks)
        {
            writer.Write(catalogue.IdOf(new TrackIndex(fact.Track)).Value);
            writer.Write(fact.For);
            writer.Write(fact.Against);
            writer.Write(fact.Session);
            writer.Write(fact.LastAtMs);
            writer.Write((byte)fact.Marks);
        }

        writer.Write(PlaylistCount);
        foreach (ref readonly var fact in Playlists)
        {
            writer.Write(catalogue.IdOf(new PlaylistIndex(fact.Playlist)).Value);
            writer.Write((byte)fact.Marks);
            writer.Write(fact.LastAtMs);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="state">The bytes.</param>
    /// <param name="catalogue">Gives ids their positions.</param>
    /// <param name="transform">How later events become facts.</param>
    /// <returns>The facts.</returns>
    /// <exception cref="InvalidDataException">The bytes are of another format or cut short.</exception>
    public static UserTaste Load(byte[] state, MusicCatalogue catalogue, TasteTransform transform)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(catalogue);
        using var reader = new BinaryReader(new MemoryStream(state), Encoding.UTF8);
        try
        {
            var format = reader.ReadByte();
            if (format != CheckpointFormat)
            {
                throw new InvalidDataException($"Checkpoint format {format}; expected {CheckpointFormat}.");
            }

            var taste = new UserTaste(transform) { EventCount = reader.ReadInt64(), NewestAtMs = reader.ReadInt64() };
            taste._tracks = new TrackFact[CheckCount(reader.ReadInt32(), MaxTracks)];
            for (; taste.TrackCount < taste._tracks.Length; taste.TrackCount++)
            {
                taste._tracks[taste.TrackCount] = new TrackFact
                {
                    Track = catalogue.Intern(new TrackId(reader.ReadString())).Value,
                    For = reader.ReadSingle(),
                    Against = reader.ReadSingle(),
                    Session = reader.ReadSingle(),
                    LastAtMs = reader.ReadInt64(),
                    Marks = (FactMarks)reader.ReadByte(),
                };
            }

            // Positions differ from process to process; the order by position must hold in this one.
            Array.Sort(taste._tracks, static (left, right) => left.Track.CompareTo(right.Track));
            taste._playlists = new PlaylistFact[CheckCount(reader.ReadInt32(), MaxPlaylists)];
            for (; taste.PlaylistCount < taste._playlists.Length; taste.PlaylistCount++)
            {
                taste._playlists[taste.PlaylistCount] = new PlaylistFact
                {
                    Playlist = catalogue.Intern(new PlaylistId(reader.ReadString())).Value,
                    Marks = (FactMarks)reader.ReadByte(),
                    LastAtMs = reader.ReadInt64(),
                };
            }

            return taste;
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"Checkpoint of {state.Length} bytes is cut short.", e);
        }
    }

    private static int CheckCount(int count, int most) =>
        count >= 0 && count <= most ? count : throw new InvalidDataException($"Checkpoint counts {count} facts; expected 0 to {most}.");
}
