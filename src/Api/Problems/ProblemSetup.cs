namespace Buddies.Api.Problems;

/// <summary>Makes every error of the pipeline a problem, whatever the client accepts.</summary>
internal static class ProblemSetup
{
    public static IServiceCollection AddProblems(this IServiceCollection services) => services
        .AddProblemDetails()
        .AddExceptionHandler<ExceptionProblems>();

    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app
        .UseExceptionHandler()
        .UseStatusCodePages(static pages =>
        {
            var context = pages.HttpContext;
            var kind = ProblemKind.ForStatus(context.Response.StatusCode);
            var detail = kind == ProblemKind.MethodNotAllowed
                ? $"This address knows {context.Response.Headers.Allow}, not {context.Request.Method}."
                : $"{kind.Title}.";
            return Problem.Of(kind, detail).ExecuteAsync(context);
        });
}
