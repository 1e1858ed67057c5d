using System.Numerics.Tensors;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Serving;

public sealed partial class ServingModel
{
    /// <summary>Row-major, [playlists × (d + 1)] or longer; null where none was trained. A page asks a thousand times: in memory of its own.</summary>
    private readonly float[]? _playlistRanker;

    /// <summary>How playlists are ranked beyond the match with the taste; null in a model that says nothing of it.</summary>
    public PlaylistRanking? Ranking { get; }

    /// <summary>Whether a ranker of playlists was trained.</summary>
    public bool HasPlaylistRanker => _playlistRanker is not null;

    /// <summary>What the trained ranker says of a playlist for a listener: u·q + b.</summary>
    /// <param name="unit">u, [d], the listener's taste vector at unit length, or zero.</param>
    /// <param name="playlist">A catalogue position.</param>
    /// <returns>
    /// The score in cosines; of a playlist that came later, its match with the taste; of one whose contents have changed, that of
    /// the new contents and what was learned of it. 0 without a ranker.
    /// </returns>
    /// <remarks>Allocates nothing; safe to call concurrently. Does not depend on any other playlist.</remarks>
    public float ChosenScore(ReadOnlySpan<float> unit, int playlist)
    {
        if (_playlistRanker is not { } ranker)
        {
            return 0;
        }

        var isPlaced = _placed.TryGetValue(playlist, out var placed);
        var now = isPlaced && placed!.Length > 0 ? TensorPrimitives.Dot(unit, placed) : 0;
        var row = playlist < _rowOfPlaylist.Length ? _rowOfPlaylist[playlist] : -1;
        if (row < 0)
        {
            return now;
        }

        ReadOnlySpan<float> own = ranker.AsSpan(row * (Dimension + 1), Dimension + 1);
        var score = TensorPrimitives.Dot(unit, own[..Dimension]) + own[Dimension];
        return isPlaced ? now + score - TensorPrimitives.Dot<float>(unit, _playlistVectors.AsSpan(row * Dimension, Dimension)) : score;
    }
}
