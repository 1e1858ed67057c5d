using Buddies.Engine.Buddies.Cells;

namespace Buddies.Embedded;

/// <summary>The cells as partitions use them. A listener is placed, activated and removed by its owner alone.</summary>
internal static class BuddyCellsExtensions
{
    /// <summary>Moves a listener, or lets it join.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="user">Whom.</param>
    /// <param name="unit">[d], unit length; all zero takes the listener out.</param>
    public static void Place(this BuddyCells cells, int user, ReadOnlySpan<float> unit)
    {
        if (unit.ContainsAnyExcept(0f))
        {
            cells.Move(user, unit);
        }
        else
        {
            cells.Remove(user);
        }
    }

    /// <summary>Gives a resident a buddy set, unless it has one.</summary>
    /// <returns>False for one who is not in the cells.</returns>
    public static bool TryActivate(this BuddyCells cells, int user)
    {
        // Nobody but the caller could take the listener out in between.
        if (!cells.IsResident(user))
        {
            return false;
        }

        cells.Activate(user);
        return true;
    }
}
