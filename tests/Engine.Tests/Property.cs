using FsCheck;
using FsCheck.Fluent;

namespace Buddies.Engine.Tests;

/// <summary>Runs a property; a failure carries the smallest case found and the seed to replay it with.</summary>
internal static class Property
{
    /// <summary>Checks something for many cases made from a seed each.</summary>
    public static void ForSeeds(int times, Action<int> holds) => For(Gen.Choose(0, int.MaxValue).ToArbitrary(), times, holds);

    /// <summary>Checks something for many sequences; a failing one is cut down by leaving elements out.</summary>
    public static void ForSequences<T>(Gen<T> element, int longest, int times, Action<T[]> holds)
    {
        var sequences = Gen.Choose(0, longest).SelectMany(length => element.ArrayOf(length));
        For(Arb.ToArbitrary(sequences, Shorten), times, holds);
    }

    private static void For<T>(Arbitrary<T> cases, int times, Action<T> holds) =>
        Prop.ForAll(cases, holds).Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithQuietOnSuccess(true));

    private static IEnumerable<T[]> Shorten<T>(T[] sequence)
    {
        for (var size = sequence.Length / 2; size >= 1; size /= 2)
        {
            for (var start = 0; start + size <= sequence.Length; start += size)
            {
                yield return [.. sequence[..start], .. sequence[(start + size)..]];
            }
        }
    }
}
