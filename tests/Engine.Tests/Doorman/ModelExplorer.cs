using System.Security.Cryptography;
using System.Text;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>Looks at every state that can be reached, each once, nearest first.</summary>
internal static class ModelExplorer
{
    /// <summary>Explores.</summary>
    /// <param name="bounds">What may happen.</param>
    /// <param name="fault">What is broken on purpose.</param>
    /// <param name="asksForTheEnd">Whether every state is also asked what a fair end of it comes to.</param>
    public static ModelResult Explore(ModelBounds bounds, ModelFault fault = ModelFault.None, bool asksForTheEnd = true)
    {
        var first = ModelWorld.Begin(bounds, fault);
        var seen = new HashSet<UInt128> { HashOf(first.Key()) };

        // What comes of a state in the end does not depend on what is late: asked once for each state of store, owner and nodes.
        var asked = new HashSet<UInt128>();
        var from = new List<(int Before, string Step)> { (-1, "everybody serves version 1") };
        var layer = new List<(int At, ModelWorld World)> { (0, first) };
        var (transitions, depth) = (0L, 0);
        for (; layer.Count > 0 && depth < bounds.Depth; depth++)
        {
            var next = new List<(int, ModelWorld)>();
            foreach (var (at, world) in layer)
            {
                if (asksForTheEnd && asked.Add(HashOf(world.KeyOfWhatStands())) && world.FindDeadEnd() is { } deadEnd)
                {
                    return Result(deadEnd, at);
                }

                foreach (var (step, after) in world.Next())
                {
                    transitions++;
                    if (after.Violation is { } violation)
                    {
                        from.Add((at, step));
                        return Result(violation, from.Count - 1);
                    }

                    if (seen.Add(HashOf(after.Key())))
                    {
                        from.Add((at, step));
                        next.Add((from.Count - 1, after));
                        if (from.Count >= bounds.MostStates)
                        {
                            return Result(null, at) with { IsCutOff = true };
                        }
                    }
                }
            }

            layer = next;
        }

        return Result(null, 0) with { IsExhausted = layer.Count == 0 };

        ModelResult Result(string? violation, int at)
        {
            var path = new List<string>();
            for (var i = at; violation is not null && i >= 0; i = from[i].Before)
            {
                path.Insert(0, from[i].Step);
            }

            return new ModelResult(from.Count, transitions, asked.Count, depth, violation, path);
        }
    }

    /// <summary>128 bits of SHA-256: two of a hundred million states have the same with a probability of 10⁻²³.</summary>
    private static UInt128 HashOf(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]));
    }
}

/// <summary>What an exploration came to.</summary>
/// <param name="States">How many different states were reached.</param>
/// <param name="Transitions">How many steps were looked at.</param>
/// <param name="Ends">Of how many states a fair end was asked.</param>
/// <param name="Depth">How many steps the longest path has.</param>
/// <param name="Violation">The broken promise; null when all held.</param>
/// <param name="Path">The shortest way there.</param>
internal sealed record ModelResult(int States, long Transitions, int Ends, int Depth, string? Violation, IReadOnlyList<string> Path)
{
    /// <summary>Whether there was nothing left to explore.</summary>
    public bool IsExhausted { get; init; }

    /// <summary>Whether there were too many states.</summary>
    public bool IsCutOff { get; init; }

    public override string ToString() =>
        $"{States:N0} states, {Transitions:N0} transitions, {Ends:N0} fair ends, depth {Depth}{(IsExhausted ? ", all of them" : "")}{(IsCutOff ? ", cut off" : "")}"
        + (Violation is null ? "" : $"\n{Violation}:\n  {string.Join("\n  ", Path)}");
}
