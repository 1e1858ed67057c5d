using System.Globalization;
using Buddies.Api.Problems;
using Buddies.Engine.Events;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>Reads query parameters and collects everything that is wrong with them.</summary>
internal sealed class QueryReader
{
    private readonly Dictionary<string, string[]> _errors = [];

    /// <summary>The answer, once something is wrong; else null.</summary>
    public ProblemHttpResult? Refusal => _errors.Count == 0
        ? null
        : Problem.Of(ProblemKind.InvalidQuery, string.Join("; ", _errors.Values.SelectMany(e => e)), ("errors", _errors));

    /// <summary>A whole number within a range.</summary>
    public int Number(string? text, string name, int min, int max, int fallback) =>
        (int)(Number(text, name, (long)min, max) ?? fallback);

    /// <summary>A whole number within a range; null where none came.</summary>
    public long? Number(string? text, string name, long min, long max)
    {
        if (text is null)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        var expected = max == long.MaxValue ? $"{min} or more" : $"{min} to {max}";
        _errors[name] = [$"{name}: expected a whole number, {expected}, got '{Short(text)}'"];
        return null;
    }

    /// <summary>A number from 0 to 1; null where none came.</summary>
    public double? Share(string? text, string name)
    {
        if (text is null)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1)
        {
            return value;
        }

        _errors[name] = [$"{name}: expected a number from 0 to 1, got '{Short(text)}'"];
        return null;
    }

    /// <summary>Ids separated by commas.</summary>
    public IReadOnlyList<string> Ids(string? text, string name, int maxCount)
    {
        var ids = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var error = ids.Length > maxCount
            ? $"{name}: expected at most {maxCount} ids, got {ids.Length}"
            : ids.Select(id => EventRules.FindIdError(id, name)).FirstOrDefault(e => e is not null);
        if (error is not null)
        {
            _errors[name] = [error];
        }

        return ids;
    }

    /// <summary>One id; null where none came.</summary>
    public string? Id(string? text, string name)
    {
        if (text is not null && EventRules.FindIdError(text, name) is { } error)
        {
            _errors[name] = [error];
        }

        return text;
    }

    /// <summary>One of some words; the first of them where none came.</summary>
    public string Word(string? text, string name, params string[] words)
    {
        if (text is not null && !words.Contains(text))
        {
            _errors[name] = [$"{name}: expected one of {string.Join(", ", words)}, got '{Short(text)}'"];
        }

        return text ?? words[0];
    }

    /// <summary>A text of limited length; empty where none came.</summary>
    public string Text(string? text, string name, int maxLength)
    {
        if (text?.Length > maxLength)
        {
            _errors[name] = [$"{name}: expected at most {maxLength} characters, got {text.Length}"];
        }

        return text ?? "";
    }

    private static string Short(string text) => text.Length > 32 ? $"{text[..32]}…" : text;
}
