namespace Buddies.Engine.Buddies.Cells;

/// <summary>Single-precision vectors by listener, in blocks that never move.</summary>
internal sealed class VectorStore(int dimension)
{
    private const int BlockRows = 4096;
    private float[][] _blocks = [];

    public long Bytes => (long)_blocks.Length * BlockRows * dimension * sizeof(float);

    public Span<float> this[int row] => _blocks[row / BlockRows].AsSpan(row % BlockRows * dimension, dimension);

    public void Grow(int row)
    {
        if (row / BlockRows >= _blocks.Length)
        {
            var before = _blocks.Length;
            Array.Resize(ref _blocks, (row / BlockRows) + 1);
            for (var i = before; i < _blocks.Length; i++)
            {
                _blocks[i] = GC.AllocateUninitializedArray<float>(BlockRows * dimension, pinned: true);
            }
        }
    }
}
