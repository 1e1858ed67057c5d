using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Problems;

/// <summary>Makes RFC 9457 answers.</summary>
internal static class Problem
{
    /// <summary>An answer of one kind.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="detail">What went wrong this time.</param>
    /// <param name="extensions">Further members.</param>
    public static ProblemHttpResult Of(ProblemKind kind, string detail, params (string Name, object? Value)[] extensions) =>
        TypedResults.Problem(
            detail,
            statusCode: kind.Status,
            title: kind.Title,
            type: kind.Type,
            extensions: extensions.Select(e => KeyValuePair.Create(e.Name, e.Value)));

    /// <summary>The answer to an id in the path that breaks the rules.</summary>
    public static ProblemHttpResult InvalidId(string error) => Of(ProblemKind.InvalidId, error);

    /// <summary>An answer that says when to try again; whole seconds, at least one.</summary>
    public static ProblemHttpResult Retry(HttpContext context, ProblemKind kind, string detail, TimeSpan after)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Of(kind, detail);
    }
}
