using System.CommandLine;
using System.Globalization;

namespace Buddies.Cli;

/// <summary><c>--as-of TIME</c>, and other times.</summary>
internal static class AsOfOption
{
    /// <summary>Makes the option, with what the time means to a command.</summary>
    public static Option<DateTimeOffset?> Create(string description) => Create("--as-of", description);

    /// <summary>Makes an option of another name.</summary>
    public static Option<DateTimeOffset?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return time.ToUniversalTime();
            }

            result.AddError($"{name}: expected a time like 2024-05-04T23:08:57Z, got '{text}'.");
            return null;
        },
    };
}
