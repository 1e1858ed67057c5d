namespace Buddies.Engine.Tests.Doorman;

/// <summary>What may happen in a model check, and how often along one path.</summary>
internal sealed record ModelBounds
{
    /// <summary>How many nodes there are, 1 to 3; all are admitted and serve version 1 when it begins.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>How often an owner dies.</summary>
    public int OwnerCrashes { get; init; } = 1;

    /// <summary>How often a node dies.</summary>
    public int NodeCrashes { get; init; } = 1;

    /// <summary>How often a node that lives is taken for dead.</summary>
    public int FalseDeaths { get; init; }

    /// <summary>How often a node refuses version 2.</summary>
    public int Refusals { get; init; }

    /// <summary>How often the time for preparing is up.</summary>
    public int Timeouts { get; init; } = 1;

    /// <summary>How often an answer of the store is lost.</summary>
    public int LostAnswers { get; init; } = 1;

    /// <summary>Which of <c>P</c>romote 2, <c>C</c>anary 2, <c>B</c>ack, <c>R</c>eject 2 operators ask, each once, in any order.</summary>
    public string Operators { get; init; } = "P";

    /// <summary>How many of the latest different reports of one start of a node are still under way, and may come again.</summary>
    public int ReportsUnderWay { get; init; } = 2;

    /// <summary>How many steps a path has at most.</summary>
    public int Depth { get; init; } = int.MaxValue;

    /// <summary>How many states are looked at before giving up; a check that reaches it says so.</summary>
    public int MostStates { get; init; } = 2_000_000;
}
