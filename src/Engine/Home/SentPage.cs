using Buddies.Engine.Bandits;

namespace Buddies.Engine.Home;

/// <summary>How a page came about, until it is known to have been sent. Logged once however often it is sent. Owned by whoever owns the listener.</summary>
/// <param name="shown">The page, as it is to be logged.</param>
public sealed class SentPage(ShownPage shown)
{
    /// <summary>The page, as it is to be logged, or was.</summary>
    public ShownPage Shown { get; private set; } = shown;

    /// <summary>Whether it was sent, and has been logged.</summary>
    public bool IsLogged { get; private set; }

    /// <summary>It was sent and logged; from now on it is kept only to be explained.</summary>
    /// <param name="logged">As it was logged; packed, it is the same that waits for rewards.</param>
    public void OnLogged(ShownPage logged) => (Shown, IsLogged) = (logged, true);
}
