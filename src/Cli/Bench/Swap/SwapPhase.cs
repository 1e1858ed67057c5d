namespace Buddies.Cli.Bench.Swap;

/// <summary>Parts of a run of <c>bench swap</c>.</summary>
internal enum SwapPhase
{
    /// <summary>The first swaps of the process, which compile what swaps run.</summary>
    First,

    /// <summary>The same load, and no swap.</summary>
    Quiet,

    /// <summary>The other swaps.</summary>
    Swapping,
}
