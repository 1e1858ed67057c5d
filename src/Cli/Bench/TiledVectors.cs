using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Buddies.Cli.Bench;

/// <summary>
/// Everybody's vector, turned: blocks of 64 listeners, in each block one dimension after the other, so that four
/// accumulators score 64 listeners without a horizontal sum.
/// </summary>
/// <remarks>Starts at a cache line. A score is one chain of fused multiply-adds over the dimensions, so that a pair has the same bits whoever asks.</remarks>
internal sealed class TiledVectors
{
    /// <summary>Listeners in a block.</summary>
    public const int BlockRows = 64;

    private readonly float[] _values;
    private readonly int _start;
    private readonly int _dimension;

    /// <summary>Copies all vectors.</summary>
    /// <param name="vectors">Row-major, [n × d].</param>
    /// <param name="count">n.</param>
    /// <param name="dimension">d.</param>
    public TiledVectors(float[] vectors, int count, int dimension)
    {
        _dimension = dimension;
        Blocks = (count + BlockRows - 1) / BlockRows;
        _values = GC.AllocateArray<float>((Blocks * BlockRows * dimension) + 16, pinned: true);
        _start = (int)((64 - (Marshal.UnsafeAddrOfPinnedArrayElement(_values, 0) % 64)) % 64 / sizeof(float));
        for (var user = 0; user < count; user++)
        {
            Set(user, vectors.AsSpan(user * dimension, dimension));
        }
    }

    /// <summary>How many blocks; the last may hold zero vectors beyond the last listener.</summary>
    public int Blocks { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _values.Length * (long)sizeof(float);

    /// <summary>Puts a listener somewhere else.</summary>
    public void Set(int user, ReadOnlySpan<float> vector)
    {
        var column = Column(user);
        for (var j = 0; j < vector.Length; j++)
        {
            column[j * BlockRows] = vector[j];
        }
    }

    /// <summary>Reads a listener's vector.</summary>
    public void Get(int user, Span<float> vector)
    {
        var column = Column(user);
        for (var j = 0; j < vector.Length; j++)
        {
            vector[j] = column[j * BlockRows];
        }
    }

    /// <summary>Scores a block's listeners by inner product.</summary>
    /// <param name="block">0 to <see cref="Blocks"/> − 1.</param>
    /// <param name="query">[d].</param>
    /// <param name="a">Scores of the block's first 16.</param>
    /// <param name="b">Of the next 16.</param>
    /// <param name="c">Of the next 16.</param>
    /// <param name="e">Of the last 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Score(int block, ReadOnlySpan<float> query, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c, out Vector512<float> e)
    {
        ref var values = ref MemoryMarshal.GetReference(_values.AsSpan(_start + (block * BlockRows * _dimension), BlockRows * _dimension));
        ref var q = ref MemoryMarshal.GetReference(query[.._dimension]);
        var (s0, s1, s2, s3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (var j = 0; j < _dimension; j++)
        {
            var factor = Vector512.Create(Unsafe.Add(ref q, j));
            ref var row = ref Unsafe.Add(ref values, j * BlockRows);
            s0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row), factor, s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row, 16), factor, s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row, 32), factor, s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row, 48), factor, s3);
        }

        (a, b, c, e) = (s0, s1, s2, s3);
    }

    private Span<float> Column(int user) =>
        _values.AsSpan(_start + (user / BlockRows * BlockRows * _dimension) + (user % BlockRows), ((_dimension - 1) * BlockRows) + 1);
}
