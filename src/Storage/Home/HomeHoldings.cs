using Buddies.Engine.Home;

namespace Buddies.Storage.Home;

/// <summary>Everything that Home keeps about one listener.</summary>
/// <param name="Choice">What the listener has chosen.</param>
/// <param name="Shown">The lines of the pages that were sent, each a JSON object, the oldest first; as far back as the log goes.</param>
/// <param name="Rewarded">The same of the cards whose rewards are in.</param>
public sealed record HomeHoldings(ListenerChoice Choice, IReadOnlyList<string> Shown, IReadOnlyList<string> Rewarded);
