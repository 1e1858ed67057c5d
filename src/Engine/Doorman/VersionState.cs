namespace Buddies.Engine.Doorman;

/// <summary>Where a model version stands on its way to being served and out again.</summary>
public enum VersionState
{
    /// <summary>Its files are complete; nothing has looked at them yet.</summary>
    Registered,

    /// <summary>The gates let it through.</summary>
    Validated,

    /// <summary>Nodes are asked to verify, map and warm it.</summary>
    Preparing,

    /// <summary>Every admitted node has it.</summary>
    Ready,

    /// <summary>A share of the listeners is on it.</summary>
    Canary,

    /// <summary>All other listeners are on it.</summary>
    Current,

    /// <summary>It was current, and may be again by a rollback.</summary>
    Retired,

    /// <summary>The gates, a node or an operator refused it; it may be validated anew.</summary>
    Rejected,

    /// <summary>Its files are gone.</summary>
    Collected,
}
