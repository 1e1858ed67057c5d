using System.Collections.Concurrent;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Serving;

/// <summary>
/// One model version made ready for this process: its factors, and where each track and playlist of the process's
/// catalogue stands in them. Everything that answers a request holds one reference to one of these.
/// </summary>
/// <remarks>Safe for concurrent reads; <see cref="Place"/> may run beside them.</remarks>
public sealed partial class ServingModel
{
    /// <summary>Rows between two calls of who may pause.</summary>
    internal const int PauseRows = 256;

    private readonly Snapshot? _snapshot;
    private readonly float[]? _trackFactors;
    private readonly float[]? _trackWeights;
    private readonly TrackLinkTable? _links;
    private readonly int[] _rowOfTrack;
    private readonly double[] _scaledGram;
    private readonly float[] _playlistVectors;
    private readonly PlaylistCodes _codes;
    private readonly int[] _playlistOfRow;
    private readonly int _playlistCount;
    private readonly ConcurrentDictionary<int, float[]> _placed = new();
    private readonly int[] _rowOfPlaylist;

    /// <summary>Binds a snapshot to a catalogue; ids that the catalogue has not met get their positions now.</summary>
    /// <param name="snapshot">An open snapshot; must stay open as long as the model.</param>
    /// <param name="catalogue">The process's catalogue.</param>
    /// <param name="retired">A model whose memory this one takes over, where it fits: nobody reads that one any more, or ever will. Null for none.</param>
    /// <param name="pause">Called between pieces of work of well under a millisecond, and may rest; null for nobody.</param>
    public ServingModel(Snapshot snapshot, MusicCatalogue catalogue, ServingModel? retired = null, Action? pause = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(catalogue);
        _snapshot = snapshot;
        Version = snapshot.Version;
        Ranking = snapshot.Manifest.Ranking;
        if (snapshot.PlaylistRanker is { IsEmpty: false } ranker)
        {
            _playlistRanker = RetiredArrays.Fit(retired?._playlistRanker, ranker.Length);
            ranker.CopyTo(_playlistRanker);
        }

        Parameters = snapshot.FoldInParameters;
        Dimension = snapshot.Dimension;
        TrackCount = snapshot.TrackCount;
        Cells = snapshot.MakeCellMap(pause);
        _scaledGram = snapshot.ScaledGram.ToArray();
        var tracks = new int[TrackCount];
        for (var row = 0; row < tracks.Length; row++)
        {
            tracks[row] = catalogue.Intern(snapshot.TrackId(row)).Value;
            PauseAfter(row, pause);
        }

        _rowOfTrack = Invert(tracks, retired?._rowOfTrack);
        _playlistCount = snapshot.PlaylistCount;
        _playlistOfRow = RetiredArrays.Fit(retired?._playlistOfRow, _playlistCount);
        for (var row = 0; row < _playlistCount; row++)
        {
            _playlistOfRow[row] = catalogue.Intern(snapshot.PlaylistId(row)).Value;
            PauseAfter(row, pause);
        }

        _rowOfPlaylist = Invert(_playlistOfRow.AsSpan(0, _playlistCount), retired?._rowOfPlaylist);
        _playlistVectors = NormalizedRows(snapshot.PlaylistFactors, Dimension, retired?._playlistVectors, pause);
        _codes = new PlaylistCodes(_playlistVectors, _playlistCount, Dimension, retired?._codes, pause);
    }

    /// <summary>Makes a model from arrays, without files.</summary>
    /// <param name="version">The model version.</param>
    /// <param name="parameters">The constants that the factors were trained with.</param>
    /// <param name="dimension">d.</param>
    /// <param name="trackFactors">Y, row-major, [tracks × d].</param>
    /// <param name="trackWeights">[tracks], what the confidence of a fact about the track is multiplied by.</param>
    /// <param name="tracks">[tracks], the catalogue position of each row of Y.</param>
    /// <param name="playlistVectors">Row-major, [playlists × d], of any length; null without playlists.</param>
    /// <param name="playlists">[playlists], the catalogue position of each of those rows; null without playlists.</param>
    /// <param name="links">What a fact about one track says of others; null for factors alone.</param>
    /// <param name="playlistRanker">Row-major, [playlists × (d + 1)]: what a unit vector is multiplied by, and a bias; null for none.</param>
    /// <param name="ranking">How playlists are ranked; null for as the taste says.</param>
    /// <exception cref="ArgumentException">A length contradicts the others.</exception>
    public ServingModel(
        SnapshotVersion version,
        FoldInParameters parameters,
        int dimension,
        float[] trackFactors,
        float[] trackWeights,
        int[] tracks,
        float[]? playlistVectors = null,
        int[]? playlists = null,
        TrackLinkTable? links = null,
        float[]? playlistRanker = null,
        PlaylistRanking? ranking = null)
    {
        ArgumentNullException.ThrowIfNull(trackFactors);
        ArgumentNullException.ThrowIfNull(trackWeights);
        ArgumentNullException.ThrowIfNull(tracks);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (trackFactors.Length != tracks.Length * dimension || trackWeights.Length != tracks.Length)
        {
            throw new ArgumentException($"Expected {tracks.Length} rows of {dimension} and as many weights, got {trackFactors.Length} values and {trackWeights.Length} weights.");
        }

        if ((playlistVectors?.Length ?? 0) != (playlists?.Length ?? 0) * dimension)
        {
            throw new ArgumentException($"Expected {playlists?.Length ?? 0} rows of {dimension}, got {playlistVectors?.Length ?? 0} values.", nameof(playlistVectors));
        }

        _links = links?.View.FindError(tracks.Length) is { } error ? throw new ArgumentException(error, nameof(links)) : links;
        if (playlistRanker is not null && playlistRanker.Length != (playlists?.Length ?? 0) * (dimension + 1))
        {
            throw new ArgumentException($"Expected {playlists?.Length ?? 0} rows of {dimension + 1}, got {playlistRanker.Length} values.", nameof(playlistRanker));
        }

        (_playlistRanker, Ranking) = (playlistRanker, ranking);
        Version = version;
        Parameters = parameters;
        Dimension = dimension;
        TrackCount = tracks.Length;
        Cells = CellMap.OneCell(dimension);
        _trackFactors = trackFactors;
        _trackWeights = trackWeights;
        _scaledGram = new double[SymmetricKernels.LengthOf(dimension)];
        FoldIn.ComputeScaledGram(trackFactors, dimension, parameters.UnobservedWeight, _scaledGram);
        _rowOfTrack = Invert(tracks);
        _playlistOfRow = playlists ?? [];
        _playlistCount = _playlistOfRow.Length;
        _rowOfPlaylist = Invert(_playlistOfRow);
        _playlistVectors = NormalizedRows(playlistVectors, dimension);
        _codes = new PlaylistCodes(_playlistVectors, _playlistCount, dimension);
    }

    /// <summary>The model version.</summary>
    public SnapshotVersion Version { get; }

    /// <summary>The constants of its fold-in.</summary>
    public FoldInParameters Parameters { get; }

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Rows of Y.</summary>
    public int TrackCount { get; }

    /// <summary>The cells of the listeners.</summary>
    public CellMap Cells { get; }

    /// <summary>Y, row-major, [TrackCount × d].</summary>
    public ReadOnlySpan<float> TrackFactors => _snapshot is null ? _trackFactors : _snapshot.TrackFactors;

    /// <summary>[TrackCount], what the confidence of a fact about the track is multiplied by.</summary>
    public ReadOnlySpan<float> TrackWeights => _snapshot is null ? _trackWeights : _snapshot.TrackWeights;

    /// <summary>What a fact about one track says of others, beside the factors; none in a model of factors alone.</summary>
    public TrackLinks Links => _snapshot is not null ? _snapshot.Links : _links is not null ? _links.View : default;

    /// <summary>α₀·YᵀY in the layout of <see cref="SymmetricKernels"/>.</summary>
    public ReadOnlySpan<double> ScaledGram => _scaledGram;

    /// <summary>Bytes of what it holds beside a snapshot's files.</summary>
    public long Bytes =>
        ((long)(_playlistVectors.Length + (_playlistRanker?.Length ?? 0)) * sizeof(float)) + _codes.Bytes
        + ((long)(_rowOfTrack.Length + _rowOfPlaylist.Length + _playlistOfRow.Length) * sizeof(int));

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
        PlaylistFold.Solve(system, ScaledGram, TrackFactors, TrackWeights, rows, contents.Times, Parameters, transform, vector);
        _placed[playlist.Value] = VectorKernels.Normalize(vector) > 0 ? vector : [];
    }

    /// <summary>The playlists nearest to a direction.</summary>
    /// <param name="direction">[d], of any length above 0.</param>
    /// <param name="playlists">Destination for catalogue positions, nearest first.</param>
    /// <param name="scores">Destination for inner products with the unit vectors, as long as <paramref name="playlists"/>.</param>
    /// <returns>How many were found.</returns>
    /// <remarks>Exact: scans every playlist's code and scores those that may be among the nearest.</remarks>
    public int FindPlaylists(ReadOnlySpan<float> direction, Span<int> playlists, Span<float> scores)
    {
        var top = new TopK(playlists, scores);
        if (_playlistCount > 0)
        {
            _codes.Find(direction, playlists.Length, _placed.IsEmpty ? null : _placed.ContainsKey, _playlistOfRow, ref top);
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

    private static float[] NormalizedRows(ReadOnlySpan<float> rows, int dimension, float[]? retired = null, Action? pause = null)
    {
        var copy = RetiredArrays.Fit(retired, rows.Length);
        for (var row = 0; row < rows.Length; row += dimension)
        {
            rows.Slice(row, dimension).CopyTo(copy.AsSpan(row));
            VectorKernels.Normalize(copy.AsSpan(row, dimension));
            PauseAfter(row / dimension, pause);
        }

        return copy;
    }

    /// <summary>Every now and then: asking for the time takes as long as a row.</summary>
    private static void PauseAfter(int row, Action? pause)
    {
        if (row % PauseRows == PauseRows - 1)
        {
            pause?.Invoke();
        }
    }

    /// <summary>−1 for what is at none of the positions, beyond the last of them too.</summary>
    private static int[] Invert(ReadOnlySpan<int> positions, int[]? retired = null)
    {
        var length = 0;
        foreach (var position in positions)
        {
            length = Math.Max(length, position + 1);
        }

        var rows = RetiredArrays.Fit(retired, length);
        Array.Fill(rows, -1);
        for (var row = 0; row < positions.Length; row++)
        {
            rows[positions[row]] = row;
        }

        return rows;
    }
}
