using System.Runtime.CompilerServices;

namespace Buddies.Engine.Home;

/// <summary>
/// How one listener stands to each track, a byte for each track of the catalogue: a page asks some fifty thousand times, and a hash
/// for each question took a tenth of its time.
/// </summary>
internal sealed class TrackStances
{
    /// <summary>Heard, and neither known nor disliked.</summary>
    public const byte Heard = 1;

    public const byte Known = 2;

    public const byte Disliked = 3;

    /// <summary>Must not come back.</summary>
    public const byte Hidden = 4;

    /// <summary>The bits of <see cref="Heard"/>, <see cref="Known"/> and <see cref="Disliked"/>; 0 is unheard.</summary>
    public const int Word = 3;

    /// <summary>The bits above are a mark for each of the few tracks played last.</summary>
    public const int LatestShift = 3;

    /// <summary>So many there is room for.</summary>
    public const int MostLatest = 8 - LatestShift;

    private readonly List<int> _set = [];
    private byte[] _stances = [];

    /// <summary>A track's bits; 0 for one that nothing was said of.</summary>
    public int this[int track]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var stances = _stances;
            return (uint)track < (uint)stances.Length ? stances[track] : 0;
        }
    }

    /// <summary>Adds bits to a track's.</summary>
    /// <param name="track">A catalogue position.</param>
    /// <param name="bits">What to add.</param>
    /// <param name="trackCount">Tracks of the catalogue: how much room there ought to be.</param>
    public void Add(int track, int bits, int trackCount)
    {
        if (track >= _stances.Length)
        {
            Array.Resize(ref _stances, Math.Max(track + 1, trackCount));
        }

        _stances[track] |= (byte)bits;
        _set.Add(track);
    }

    public void Clear()
    {
        foreach (var track in _set)
        {
            _stances[track] = 0;
        }

        _set.Clear();
    }
}
