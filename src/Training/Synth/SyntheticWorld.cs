using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Training.Import;

namespace Buddies.Training.Synth;

/// <summary>A world with a planted truth: communities of listeners, genres of tracks, and what follows from them.</summary>
/// <remarks>Holds one vector for each listener and track; rows are made when they are written. Reading and <see cref="NextListen"/> are safe from many threads.</remarks>
public sealed class SyntheticWorld
{
    private readonly SyntheticTracks _tracks;
    private readonly SyntheticListeners _listeners;

    private SyntheticWorld(SyntheticWorldOptions options)
    {
        Options = options;
        _tracks = new SyntheticTracks(options);
        _listeners = new SyntheticListeners(options, _tracks.Centres);
    }

    /// <summary>The world's size and seed.</summary>
    public SyntheticWorldOptions Options { get; }

    internal SyntheticTracks Tracks => _tracks;

    internal SyntheticListeners Listeners => _listeners;

    /// <summary>Makes the tastes and sounds of a world.</summary>
    /// <param name="options">Its size and seed.</param>
    /// <returns>The same world for the same options.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    public static SyntheticWorld Create(SyntheticWorldOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new SyntheticWorld(options);
    }

    /// <summary>A listener's id.</summary>
    /// <param name="listener">Position, from 0.</param>
    public static UserId ListenerId(int listener) => SyntheticListeners.Id(listener);

    /// <summary>A track's id.</summary>
    /// <param name="track">Position, from 0.</param>
    public static TrackId TrackId(int track) => SyntheticTracks.Id(track);

    /// <summary>A playlist's id.</summary>
    /// <param name="playlist">Position, from 0.</param>
    public static PlaylistId PlaylistId(int playlist) => new($"playlist-{playlist + 1:00000}");

    /// <summary>What is known of a track.</summary>
    /// <param name="track">Position, from 0.</param>
    public Track DescribeTrack(int track) => _tracks.Describe(track);

    /// <summary>The community that a listener mostly belongs to: the truth that buddies are measured against.</summary>
    /// <param name="listener">Position, from 0.</param>
    public int CommunityOf(int listener) => _listeners.CommunityOf(listener);

    /// <summary>A listener's latent taste, [16], unit length.</summary>
    /// <param name="listener">Position, from 0.</param>
    public ReadOnlySpan<float> TasteOf(int listener) => _listeners.Vector(listener);

    /// <summary>Lets a listener play one more track, by affinity and popularity.</summary>
    /// <param name="listener">Position, from 0.</param>
    /// <param name="random">The caller's randomness.</param>
    /// <returns>The track, and whether it was skipped.</returns>
    public SyntheticPlay NextListen(int listener, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var sampler = SamplerOf(listener);
        return sampler.Play(sampler.DrawTrack(sampler.DrawGenre(random), random), random);
    }

    /// <summary>Lets a listener play a given track.</summary>
    /// <param name="listener">Position, from 0.</param>
    /// <param name="track">A track of this world.</param>
    /// <param name="random">The caller's randomness.</param>
    /// <returns>Whether it was skipped, and how well it fits; null for a track of another world.</returns>
    public SyntheticPlay? Play(int listener, TrackId track, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return SyntheticTracks.NumberOf(track) is { } number && number < Options.Tracks ? SamplerOf(listener).Play(number, random) : null;
    }

    /// <summary>Writes every row of the world; the commit is the caller's.</summary>
    /// <param name="session">Takes the rows.</param>
    /// <param name="progress">Hears of the progress now and then, in units of rows; may be null.</param>
    /// <param name="cancellationToken">Stops between two listeners.</param>
    /// <returns>What was written.</returns>
    public SyntheticReport WriteTo(IImportSession session, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new SyntheticWriter(this, session, progress, cancellationToken).Write();
    }

    internal TasteSampler SamplerOf(int listener)
    {
        var sampler = new TasteSampler(_tracks);
        sampler.Take(_listeners.Vector(listener));
        return sampler;
    }
}
