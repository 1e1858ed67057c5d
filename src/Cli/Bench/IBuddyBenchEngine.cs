namespace Buddies.Cli.Bench;

/// <summary>What has to be true after a move.</summary>
internal enum BenchPhase
{
    /// <summary>The mover's own list; nobody else needs to have one.</summary>
    Own,

    /// <summary>The mover's list and everybody else's: all listeners have one, and all watch.</summary>
    All,
}

/// <summary>What an engine is built for.</summary>
/// <param name="Count">n, listeners.</param>
/// <param name="Dimension">d.</param>
/// <param name="K">Buddies in a list.</param>
/// <param name="Threads">Threads that moves may use. Building may use all.</param>
/// <param name="Phase">What has to stay true.</param>
internal sealed record BenchSetup(int Count, int Dimension, int K, int Threads, BenchPhase Phase);

/// <summary>One way of keeping buddies true while listeners move.</summary>
/// <remarks>
/// Made anew for every phase: <see cref="Build"/> once, then <see cref="Move"/> and <see cref="ReadList"/>, from one
/// thread. With more than one thread an engine divides the moves of a call among threads of its own.
/// </remarks>
internal interface IBuddyBenchEngine : IDisposable
{
    /// <summary>Moves in a call, 1 or more; fixed once built. A list is as fresh as the end of its call.</summary>
    int MovesPerCall { get; }

    /// <summary>Resident bytes by the engine's own count; null if it does not count.</summary>
    long? OwnBytes { get; }

    /// <summary>Takes all listeners in; in <see cref="BenchPhase.All"/> also makes all lists.</summary>
    /// <param name="setup">What for.</param>
    /// <param name="vectors">Row-major, [n × d], unit-length rows; to be copied, neither kept nor changed.</param>
    void Build(BenchSetup setup, float[] vectors);

    /// <summary>Moves listeners, one after the other. On return every mover's list is true, in <see cref="BenchPhase.All"/> everybody's.</summary>
    /// <param name="moves">All moves.</param>
    /// <param name="first">The first one to make.</param>
    /// <param name="count">How many, 1 to <see cref="MovesPerCall"/>.</param>
    void Move(MoveLog moves, int first, int count);

    /// <summary>Reads a list as it is stored; in <see cref="BenchPhase.Own"/> only those of the last call's movers are asked for.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="buddies">Destination, [k], best first.</param>
    /// <returns>How many there are.</returns>
    int ReadList(int user, Span<int> buddies);
}
