using System.CommandLine;

namespace Buddies.Cli;

/// <summary>Options that take a number within a range; outside of it is bad usage.</summary>
internal static class NumberOption
{
    public static Option<int> Whole(string name, string description, int value, int min, int max = int.MaxValue) =>
        Create(name, description, value, given => given >= min && given <= max, max == int.MaxValue ? $"{min} or more" : $"{min} to {max}");

    public static Option<double> Real(string name, string description, double value, double min, double max = double.PositiveInfinity) =>
        Create(name, description, value, given => given >= min && given <= max && double.IsFinite(given), double.IsFinite(max) ? $"{min} to {max}" : $"{min} or more");

    private static Option<T> Create<T>(string name, string description, T value, Func<T, bool> isInRange, string range)
    {
        var option = new Option<T>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            // A token that is no number has an error of its own.
            if (result.Tokens.Count > 0 && !result.Errors.Any() && result.GetValueOrDefault<T>() is { } given && !isInRange(given))
            {
                result.AddError($"{name}: expected {range}, got {result.Tokens[0].Value}.");
            }
        });
        return option;
    }
}
