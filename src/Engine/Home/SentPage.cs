using Buddies.Engine.Bandits;

namespace Buddies.Engine.Home;

/// <summary>How a page came about, until it is known to have been sent. Logged once however often it is sent. Owned by whoever owns the listener.</summary>
/// <param name="shown">The page, as it is to be logged.</param>
public sealed class SentPage(ShownPage shown)
{
    /// <summary>The page, as it is to be logged.</summary>
    public ShownPage Shown => shown;

    /// <summary>Whether it was sent, and has been logged.</summary>
    public bool IsLogged { get; set; }
}
