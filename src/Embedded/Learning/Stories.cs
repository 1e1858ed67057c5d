using Buddies.Engine.Bandits;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Learning;

/// <summary>How a card came to stand where it stands.</summary>
/// <param name="Page">The page it is on.</param>
/// <param name="Card">The card, with the candidates that it was drawn from.</param>
/// <param name="State">What the policy has learned by now.</param>
public sealed record CardStory(ShownPage Page, Impression Card, PolicyState State);

/// <summary>How a listener's pages are decided.</summary>
/// <param name="User">Whose.</param>
/// <param name="Segment">The listener's segment (<see cref="Segments"/>).</param>
/// <param name="Session">How much of a session there is, 0 to 1.</param>
/// <param name="Policy">The policy, with the experiments the listener is in.</param>
/// <param name="Choice">What the listener has chosen.</param>
/// <param name="Experiments">Every experiment and the listener's variant; null for one who takes no part.</param>
/// <param name="SeenCount">Playlists that were seen of late without being opened.</param>
/// <param name="Played">Playlists played from of late, with the time, Unix milliseconds; the latest first.</param>
public sealed record ListenerStory(
    UserId User,
    int Segment,
    double Session,
    HomePolicy Policy,
    ListenerChoice Choice,
    IReadOnlyList<(string Name, string? Variant)> Experiments,
    int SeenCount,
    IReadOnlyList<(PlaylistId Playlist, long AtMs)> Played);
