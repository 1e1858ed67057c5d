using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Vectors;

namespace Buddies.Training;

/// <summary>Learns the cells that serving keeps its listeners in.</summary>
public static class ListenerCells
{
    /// <summary>So few are looked through as fast in one cell, and exactly.</summary>
    private const int MostInOneCell = 2048;

    /// <summary>Learns the cells of trained listeners: 4·√n of them, or one for a few listeners.</summary>
    /// <param name="userVectors">Row-major, [users × d], of any length; those of length 0 do not count.</param>
    /// <param name="dimension">d.</param>
    /// <returns>The cells.</returns>
    /// <remarks>Deterministic.</remarks>
    public static CellMap Train(ReadOnlySpan<float> userVectors, int dimension)
    {
        var units = userVectors.ToArray();
        var count = 0;
        for (var from = 0; from < units.Length; from += dimension)
        {
            var unit = units.AsSpan(from, dimension);
            if (VectorKernels.Normalize(unit) > 0)
            {
                unit.CopyTo(units.AsSpan(count++ * dimension));
            }
        }

        return count < MostInOneCell
            ? CellMap.OneCell(dimension)
            : CellTrainer.Train(units.AsMemory(0, count * dimension), dimension, new CellOptions { Cells = (int)(4 * Math.Sqrt(count)) });
    }
}
