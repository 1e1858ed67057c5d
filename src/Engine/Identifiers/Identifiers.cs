namespace Buddies.Engine.Identifiers;

/// <summary>A listener's id as the outside world writes it: 1 to 128 characters, compared ordinally.</summary>
/// <param name="Value">The text.</param>
public readonly record struct UserId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A track's id as the outside world writes it. In a world whose items are artists, an artist's key.</summary>
/// <param name="Value">The text.</param>
public readonly record struct TrackId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A playlist's id as the outside world writes it.</summary>
/// <param name="Value">The text.</param>
public readonly record struct PlaylistId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A producer's id of one event; unique for one user.</summary>
/// <param name="Value">The text.</param>
public readonly record struct EventId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The number of a model version: 1, 2, 3 … in the order of registration; 0 means none.</summary>
/// <param name="Value">The number.</param>
public readonly record struct SnapshotVersion(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A track's dense position in this process's catalogue; never written to disk.</summary>
/// <param name="Value">The position, from 0.</param>
public readonly record struct TrackIndex(int Value);

/// <summary>A playlist's dense position in this process's catalogue; never written to disk.</summary>
/// <param name="Value">The position, from 0.</param>
public readonly record struct PlaylistIndex(int Value);

/// <summary>A listener's dense position in this process; never written to disk.</summary>
/// <param name="Value">The position, from 0.</param>
public readonly record struct UserIndex(int Value);
