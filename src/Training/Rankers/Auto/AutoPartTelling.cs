using System.Globalization;

namespace Buddies.Training.Rankers.Auto;

/// <summary>How parts tell what they tried.</summary>
internal static class AutoPartTelling
{
    /// <summary>Tells a point of a grid and what the judge said of it.</summary>
    /// <param name="part">The part.</param>
    /// <param name="run">Whom to tell.</param>
    /// <param name="axes">What the values of a point are called, in their order.</param>
    public static Action<double[], double> TellPoint(this IAutoPart part, RankerRun run, params string[] axes) => (point, score) =>
    {
        var values = point.Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"{axes[i]} {value}"));
        run.Tell(string.Create(CultureInfo.InvariantCulture, $"{part.Name}: {score:0.0000} at {string.Join(", ", values)}"));
    };
}
