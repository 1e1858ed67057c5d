namespace Buddies.Training.Synth;

/// <summary>The size and the seed of a synthetic world. Equal options give equal rows.</summary>
public sealed record SyntheticWorldOptions
{
    /// <summary>Listeners, 1 or more.</summary>
    public int Listeners { get; init; } = 2_000;

    /// <summary>Tracks, at least as many as artists.</summary>
    public int Tracks { get; init; } = 5_000;

    /// <summary>Artists, 1 or more.</summary>
    public int Artists { get; init; } = 500;

    /// <summary>Playlists, 0 or more; null for three on every two listeners.</summary>
    public int? Playlists { get; init; }

    /// <summary>Groups of listeners of similar taste, 1 or more.</summary>
    public int Communities { get; init; } = 20;

    /// <summary>Plays and skips of each listener, likes and hides among them; follows come on top.</summary>
    public int EventsPerListener { get; init; } = 60;

    /// <summary>Chooses one of the possible worlds.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The end of the 30 days over which the events are spread.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The number of playlists that <see cref="Playlists"/> comes to.</summary>
    public int PlaylistCount => Playlists ?? (int)Math.Min(int.MaxValue, Listeners * 3L / 2);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Listeners, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Artists, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Tracks, Artists);
        ArgumentOutOfRangeException.ThrowIfLessThan(PlaylistCount, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(Communities, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(EventsPerListener, 0);
    }
}
