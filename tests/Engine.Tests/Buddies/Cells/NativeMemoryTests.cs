using Buddies.Engine.Buddies.Cells;

namespace Buddies.Engine.Tests.Buddies.Cells;

public sealed unsafe class NativeMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(NativePages.Size)]
    [InlineData((3 * NativePages.Size) - 5)]
    public void Allocate_AnyLength_IsZeroedAlignedAndWritableToTheEnd(long bytes)
    {
        for (var round = 0; round < 3; round++)
        {
            var memory = NativePages.Allocate(bytes);
            var length = NativePages.BytesOf(bytes);
            Assert.Equal(0, (nint)memory % NativePages.Size);
            Assert.True(length >= bytes && length % NativePages.Size == 0, $"{length} bytes for {bytes}");
            for (var i = 0L; i < length; i += 4096)
            {
                Assert.Equal(0, memory[i]);
            }

            new Span<byte>(memory, (int)length).Fill(0xA5);
            NativePages.Free(memory, bytes);
        }
    }

    /// <summary>Rows of 64 bytes come four blocks at a time, rows of 1 KB one by one.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(80)]
    [InlineData(128)]
    [InlineData(1024)]
    public void Grow_AnyRow_EveryRowBelowIsItsOwn(int stride)
    {
        using var table = new UserTable(stride);
        var rows = 0;
        foreach (var row in new[] { 0, 8191, 8192, 40_000 })
        {
            rows = table.Grow(row);
            Assert.True(rows > row, $"{rows} rows after a growth to {row}");
            Assert.True(table.Bytes >= (long)rows * stride, $"{table.Bytes} bytes for {rows} rows of {stride}");
        }

        for (var row = 0; row < rows; row++)
        {
            *(int*)table[row] = row;
            *(int*)(table[row] + stride - sizeof(int)) = ~row;
        }

        for (var row = 0; row < rows; row++)
        {
            Assert.Equal((row, ~row), (*(int*)table[row], *(int*)(table[row] + stride - sizeof(int))));
        }
    }

    /// <summary>Tables of short and of long rows grow by different steps: a listener is known only where both have room.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(256)]
    public void Move_ListenersFarApart_KeepTheirVectors(int dimension)
    {
        using var cells = new BuddyCells(CellMap.OneCell(dimension), 5, 3);
        foreach (var user in new[] { 0, 9_000, 20_000, 33_000, 70_000 })
        {
            var unit = new float[dimension];
            unit[user % dimension] = 1;
            cells.Move(user, unit);
            var read = new float[dimension];
            Assert.True(cells.CopyVector(user, read));
            Assert.Equal(1, read[user % dimension], 3);
        }
    }
}
