namespace Buddies.Storage.Keys;

/// <summary>What a key is for; each role may do only its own part.</summary>
public enum AccessRole
{
    /// <summary>Sends events, and rows of the catalogue where its line says so.</summary>
    Producer,

    /// <summary>An application's own servers: every listener's pages and events, and tokens for its clients.</summary>
    Backend,

    /// <summary>One listener, who sees and sends only what is their own.</summary>
    Client,

    /// <summary>Runs the server: models, metrics, audit, keys' tokens; reads pages, sends no events.</summary>
    Operator,
}
