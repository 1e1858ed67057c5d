using Buddies.Engine.Bandits;

namespace Buddies.Embedded.Learning;

/// <summary>How a page came about, until it is known to have been sent. Logged once however often it is sent. Owned by the listener's partition.</summary>
internal sealed class SentPage(ShownPage shown)
{
    public ShownPage Shown => shown;

    public bool IsLogged { get; set; }
}
