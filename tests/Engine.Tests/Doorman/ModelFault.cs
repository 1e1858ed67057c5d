namespace Buddies.Engine.Tests.Doorman;

/// <summary>A broken protocol, each in one way, that the model check has to catch.</summary>
public enum ModelFault
{
    /// <summary>As it is.</summary>
    None,

    /// <summary>The version is committed when it should be prepared.</summary>
    CommitBeforeAcknowledgements,

    /// <summary>The store writes whatever it is given.</summary>
    NoEpochInTheCompareAndSet,

    /// <summary>Nodes are told before the record is durable.</summary>
    SayBeforeItIsDurable,

    /// <summary>A node acknowledges when it begins to prepare.</summary>
    AcknowledgeBeforePrepared,

    /// <summary>Nobody makes sure that a node that was shut out has stopped.</summary>
    FenceOnPaperOnly,

    /// <summary>What was agreed with one start of a node is taken to hold for the next.</summary>
    StartsNotToldApart,

    /// <summary>A node serves what it is told, prepared or not.</summary>
    ServeUnprepared,

    /// <summary>The time for preparing is never up.</summary>
    NoTimeout,

    /// <summary>A new owner begins with a record of its own.</summary>
    OwnerForgetsTheRecord,
}
