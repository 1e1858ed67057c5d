using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Buddies.Cli;

/// <summary>Options that take a number within a range; what is no number or outside of it is bad usage.</summary>
internal static class NumberOption
{
    public static Option<int> Whole(string name, string description, int value, int min, int max = int.MaxValue) =>
        Create(name, description, value, given => given >= min && given <= max, $"a whole number, {min} {(max == int.MaxValue ? "or more" : $"to {max}")}");

    public static Option<double> Real(string name, string description, double value, double min, double max = double.MaxValue) =>
        Create(name, description, value, given => given >= min && given <= max, $"a number, {min} {(max == double.MaxValue ? "or more" : $"to {max}")}");

    public static Option<double> Positive(string name, string description, double value) =>
        Create(name, description, value, given => given > 0 && given <= double.MaxValue, "a number above 0");

    private static Option<T> Create<T>(string name, string description, T value, Func<T, bool> isInRange, string expected)
        where T : INumber<T> => new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => value,
            CustomParser = result =>
            {
                // Without a separator of thousands, so that 0,5 is refused and not 5.
                var text = result.Tokens[0].Value;
                if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var given) && isInRange(given))
                {
                    return given;
                }

                result.AddError($"{name}: expected {expected}, got '{text}'.");
                return value;
            },
        };
}
