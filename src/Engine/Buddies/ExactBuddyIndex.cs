using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Buddies;

/// <summary>Compares with everybody: exact, and linear in the number of listeners.</summary>
/// <remarks>
/// A sequence number for each row (odd while its writer is at work) lets readers notice a row that changes under them and
/// read it again, so neither side ever waits for a lock. Rows stand in blocks that never move.
/// </remarks>
public sealed class ExactBuddyIndex : IBuddyIndex
{
    private const int BlockRows = 1024;

    private readonly int _dimension;
    private readonly Lock _growing = new();
    private volatile Block[] _blocks = [];

    /// <summary>Starts empty.</summary>
    /// <param name="dimension">d, 1 or more.</param>
    public ExactBuddyIndex(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        _dimension = dimension;
    }

    /// <inheritdoc/>
    public void Upsert(UserIndex user, ReadOnlySpan<float> vector)
    {
        if (vector.Length != _dimension)
        {
            throw new ArgumentException($"Expected {_dimension} values, got {vector.Length}.", nameof(vector));
        }

        var block = BlockOf(user.Value / BlockRows);
        var row = user.Value % BlockRows;
        ref var sequence = ref block.Sequences[row];
        Volatile.Write(ref sequence, sequence + 1);
        Volatile.WriteBarrier();
        vector.CopyTo(block.Vectors.AsSpan(row * _dimension, _dimension));
        block.Occupied[row] = vector.ContainsAnyExcept(0f);
        Volatile.Write(ref sequence, sequence + 1);
    }

    /// <inheritdoc/>
    public void Remove(UserIndex user)
    {
        if (user.Value / BlockRows < _blocks.Length)
        {
            _blocks[user.Value / BlockRows].Occupied[user.Value % BlockRows] = false;
        }
    }

    /// <inheritdoc/>
    public int FindNearest(ReadOnlySpan<float> vector, UserIndex except, Span<int> users, Span<float> similarities)
    {
        if (vector.Length != _dimension)
        {
            throw new ArgumentException($"Expected {_dimension} values, got {vector.Length}.", nameof(vector));
        }

        var top = new TopK(users, similarities);
        var blocks = _blocks;
        for (var b = 0; b < blocks.Length; b++)
        {
            var block = blocks[b];
            for (var row = 0; row < BlockRows; row++)
            {
                if (block.Occupied[row] && (b * BlockRows) + row != except.Value && TryScore(block, row, vector, out var score))
                {
                    top.Offer((b * BlockRows) + row, score);
                }
            }
        }

        return top.Sort();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryScore(Block block, int row, ReadOnlySpan<float> vector, out float score)
    {
        while (true)
        {
            var before = Volatile.Read(ref block.Sequences[row]);
            score = TensorPrimitives.Dot(block.Vectors.AsSpan(row * _dimension, _dimension), vector);
            Volatile.ReadBarrier();
            if ((before & 1) == 0 && Volatile.Read(ref block.Sequences[row]) == before)
            {
                return block.Occupied[row];
            }
        }
    }

    private Block BlockOf(int index)
    {
        if (index >= _blocks.Length)
        {
            lock (_growing)
            {
                while (index >= _blocks.Length)
                {
                    _blocks = [.. _blocks, new Block(_dimension)];
                }
            }
        }

        return _blocks[index];
    }

    private sealed class Block(int dimension)
    {
        public readonly float[] Vectors = new float[BlockRows * dimension];
        public readonly int[] Sequences = new int[BlockRows];
        public readonly bool[] Occupied = new bool[BlockRows];
    }
}
