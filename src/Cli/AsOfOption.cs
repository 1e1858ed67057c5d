using System.CommandLine;
using System.Globalization;

namespace Buddies.Cli;

/// <summary><c>--as-of TIME</c>.</summary>
internal static class AsOfOption
{
    /// <summary>Makes the option, with what the time means to a command.</summary>
    public static Option<DateTimeOffset?> Create(string description) => new("--as-of")
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

            result.AddError($"--as-of: expected a time like 2024-05-04T23:08:57Z, got '{text}'.");
            return null;
        },
    };
}
