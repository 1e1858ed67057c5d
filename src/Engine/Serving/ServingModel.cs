using System.Collections.Concurrent;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Serving;

/// <summary>
/// One model version made ready for this process: its factors, and where each track and playlist of the process's
/// catalogue stands in them. Everything that answers a request holds one reference to one of these.
/// </summary>
/// <remarks>Safe for concurrent reads; <see cref="Place"/> may run beside them.</remarks>
public sealed class ServingModel
{
    private readonly ReadOnlyMemory<float> _trackFactors;
    private readonly int[] _rowOfTrack;
    private readonly double[] _scaledGram;
    private readonly float[] _playlistVectors;
    private readonly int[] _playlistOfRow;
    private readonly ConcurrentDictionary<int, float[]> _placed = new();
    private readonly int[] _rowOfPlaylist;

    /// <summary>Binds factors to a catalogue.</summary>
    /// <param name="version">The model version.</param>
    /// <param name="parameters">The constants that the factors were trained with.</param>
    /// <param name="dimension">d.</param>
    /// <param name="trackFactors">Y, row-major, [tracks × d]; must stay valid as long as the model.</param>
    /// <param name="tracks">The catalogue position of each row of Y.</param>
    /// <param name="playlistFactors">Row-major, [playlists × d], of any length each; copied.</param>
    /// <param name="playlists">The catalogue position of each playlist row.</param>
    /// <exception cref="ArgumentException">A length contradicts the others.</exception>
    public ServingModel(
        SnapshotVersion version,
        FoldInParameters parameters,
        int dimension,
        ReadOnlyMemory<float> trackFactors,
        ReadOnlySpan<TrackIndex> tracks,
        ReadOnlySpan<float> playlistFactors,
        ReadOnlySpan<PlaylistIndex> playlists)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (trackFactors.Length != tracks.Length * dimension || playlistFactors.Length != playlists.Length * dimension)
        {
            throw new ArgumentException($"Expected {tracks.Length} track rows and {playlists.Length} playlist rows of {dimension}, got {trackFactors.Length} and {playlistFactors.Length} values.");
        }

        Version = version;
        Parameters = parameters;
        Dimension = dimension;
        TrackCount = tracks.Length;
        _trackFactors = trackFactors;
        _scaledGram = new double[SymmetricKernels.LengthOf(dimension)];
        FoldIn.ComputeScaledGram(trackFactors.Span, dimension, parameters.UnobservedWeight, _scaledGram);
        _rowOfTrack = Invert(tracks);
        _rowOfPlaylist = Invert(playlists);
        _playlistOfRow = new int[playlists.Length];
        _playlistVectors = playlistFactors.ToArray();
        for (var row = 0; row < playlists.Length; row++)
        {
            _playlistOfRow[row] = playlists[row].Value;
            VectorKernels.Normalize(_playlistVectors.AsSpan(row * dimension, dimension));
        }
    }

    /// <summary>The model version.</summary>
    public SnapshotVersion Version { get; }

    /// <summary>The constants of its fold-in.</summary>
    public FoldInParameters Parameters { get; }

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Rows of Y.</summary>
    public int TrackCount { get; }

    /// <summary>Y, row-major, [TrackCount × d].</summary>
    public ReadOnlySpan<float> TrackFactors => _trackFactors.Span;

    /// <summary>α₀·YᵀY in the layout of <see cref="SymmetricKernels"/>.</summary>
    public ReadOnlySpan<double> ScaledGram => _scaledGram;

    /// <summary>The row of a track in Y.</summary>
    /// <param name="track">A catalogue position.</param>
    /// <returns>−1 when this version does not know the track.</returns>
    public int RowOf(int track) => track < _rowOfTrack.Length ? _rowOfTrack[track] : -1;

    /// <summary>A playlist's unit vector.</summary>
    /// <param name="playlist">A catalogue position.</param>
    /// <returns>[d]; empty when this version cannot place it.</returns>
    public ReadOnlySpan<float> PlaylistVector(int playlist)
    {
        if (_placed.TryGetValue(playlist, out var placed))
        {
            return placed;
        }

        var row = playlist < _rowOfPlaylist.Length ? _rowOfPlaylist[playlist] : -1;
        return row < 0 ? [] : _playlistVectors.AsSpan(row * Dimension, Dimension);
    }

    /// <summary>Places a playlist that is newer than this version, or that has changed since.</summary>
    /// <param name="playlist">Its catalogue position.</param>
    /// <param name="contents">Its contents.</param>
    /// <param name="transform">The taste transform.</param>
    /// <param name="system">Scratch space.</param>
    public void Place(PlaylistIndex playlist, PlaylistContents contents, TasteTransform transform, FoldInSystem system)
    {
        ArgumentNullException.ThrowIfNull(contents);
        var rows = new int[contents.Ascending.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = RowOf(contents.Ascending[i]);
        }

        var vector = new float[Dimension];
        PlaylistFold.Solve(system, ScaledGram, TrackFactors, rows, contents.Times, Parameters, transform, vector);
        _placed[playlist.Value] = VectorKernels.Normalize(vector) > 0 ? vector : [];
    }

    /// <summary>The playlists nearest to a direction.</summary>
    /// <param name="direction">[d], of any length above 0.</param>
    /// <param name="playlists">Destination for catalogue positions, nearest first.</param>
    /// <param name="scores">Destination for inner products with the unit vectors, as long as <paramref name="playlists"/>.</param>
    /// <returns>How many were found.</returns>
    /// <remarks>Exact: scans every playlist.</remarks>
    public int FindPlaylists(ReadOnlySpan<float> direction, Span<int> playlists, Span<float> scores)
    {
        const int Block = 1024;
        var top = new TopK(playlists, scores);
        Span<float> block = stackalloc float[Block];
        for (var row = 0; row < _playlistOfRow.Length; row += Block)
        {
            var count = Math.Min(Block, _playlistOfRow.Length - row);
            VectorKernels.ScoreRows(_playlistVectors.AsSpan(row * Dimension, count * Dimension), direction, block[..count]);
            for (var i = 0; i < count; i++)
            {
                if (_placed.IsEmpty || !_placed.ContainsKey(_playlistOfRow[row + i]))
                {
                    top.Offer(_playlistOfRow[row + i], block[i]);
                }
            }
        }

        foreach (var (playlist, vector) in _placed)
        {
            if (vector.Length > 0)
            {
                top.Offer(playlist, System.Numerics.Tensors.TensorPrimitives.Dot(vector, direction));
            }
        }

        return top.Sort();
    }

    private static int[] Invert(ReadOnlySpan<TrackIndex> positions)
    {
        var values = new int[positions.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = positions[i].Value;
        }

        return Invert(values);
    }

    private static int[] Invert(ReadOnlySpan<PlaylistIndex> positions)
    {
        var values = new int[positions.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = positions[i].Value;
        }

        return Invert(values);
    }

    private static int[] Invert(int[] positions)
    {
        var length = 0;
        foreach (var position in positions)
        {
            length = Math.Max(length, position + 1);
        }

        var rows = new int[length];
        Array.Fill(rows, -1);
        for (var row = 0; row < positions.Length; row++)
        {
            rows[positions[row]] = row;
        }

        return rows;
    }
}
