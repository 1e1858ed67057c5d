using System.Globalization;
using Buddies.Engine.Identifiers;

namespace Buddies.Training;

/// <summary>Where a data directory keeps its snapshots.</summary>
public static class SnapshotFolders
{
    /// <summary>The folder of all snapshots.</summary>
    public static string In(string dataDirectory) => Path.Combine(dataDirectory, "snapshots");

    /// <summary>The name of a version's folder: six digits, so that names sort like versions.</summary>
    public static string NameOf(SnapshotVersion version) => version.Value.ToString("D6", CultureInfo.InvariantCulture);
}
