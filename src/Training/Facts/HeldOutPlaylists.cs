using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Training.Facts;

/// <summary>
/// Some playlists that are hidden from some listeners, and these listeners' facts as if they had never met them: what was played
/// from a playlist would otherwise tell that it was chosen.
/// </summary>
/// <remarks>Who and which follows from the ids alone, so every training of the same log hides the same.</remarks>
/// <param name="catalogue">Knows who made which playlist: one's own are not hidden, for nobody is shown them.</param>
public sealed class HeldOutPlaylists(MusicCatalogue catalogue)
{
    /// <summary>Most listeners from whom anything is hidden: their facts are kept twice.</summary>
    public const int MostListeners = 4_000;

    /// <summary>Share of the listeners from whom playlists are hidden.</summary>
    private const double ListenerShare = 0.5;

    private const ulong ListenerSalt = 0x41D0;
    private const ulong PlaylistSalt = 0x41D1;

    private readonly Dictionary<int, UserTaste> _tastes = [];

    /// <summary>Facts without what is hidden, by the listener's position.</summary>
    public IReadOnlyDictionary<int, UserTaste> Tastes => _tastes;

    /// <summary>Whether what a listener did with a playlist is hidden: half of what some listeners did.</summary>
    /// <param name="user">The listener's position.</param>
    /// <param name="id">The listener.</param>
    /// <param name="playlist">The playlist.</param>
    public bool Hides(int user, UserId id, PlaylistId playlist) => _tastes.ContainsKey(user) && IsOneOf(id, playlist);

    /// <summary>Takes an event in, before the listener's whole facts do.</summary>
    /// <param name="user">The listener's position.</param>
    /// <param name="event">The event.</param>
    /// <param name="whole">All facts before it.</param>
    /// <param name="track">Its track's position; null when it has none.</param>
    /// <param name="playlist">Its playlist's position; null when it has none.</param>
    public void Apply(int user, in UserEvent @event, UserTaste whole, TrackIndex? track, PlaylistIndex? playlist)
    {
        ArgumentNullException.ThrowIfNull(whole);
        var isHidden = @event.Playlist is { } id && IsOneOf(@event.User, id)
            && !(playlist is { } index && catalogue.Describe(index)?.Owner == @event.User);
        if (_tastes.TryGetValue(user, out var taste))
        {
            if (!isHidden)
            {
                taste.Apply(@event, track, playlist);
            }
        }
        else if (isHidden && _tastes.Count < MostListeners)
        {
            _tastes.Add(user, whole.Copy());
        }
    }

    private static bool IsOneOf(UserId user, PlaylistId playlist) =>
        StableHash.ShareOf(user.Value, ListenerSalt) < ListenerShare
        && (StableHash.Of(playlist.Value, StableHash.Of(user.Value, PlaylistSalt)) & 1) == 0;
}
