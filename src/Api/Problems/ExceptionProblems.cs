using Buddies.Engine.Serving;
using Microsoft.AspNetCore.Diagnostics;

namespace Buddies.Api.Problems;

/// <summary>Turns exceptions into answers. What nobody foresaw is logged, and tells the client nothing of the inside.</summary>
internal sealed partial class ExceptionProblems(IHostApplicationLifetime lifetime, ILogger<ExceptionProblems> logger) : IExceptionHandler
{
    private static readonly TimeSpan s_unavailable = TimeSpan.FromSeconds(1);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var result = exception switch
        {
            RecommenderBusyException busy => Problem.Retry(httpContext, ProblemKind.Busy, busy.Message, busy.RetryAfter),
            RecommenderUnavailableException gone => Problem.Retry(httpContext, ProblemKind.Unavailable, gone.Message, s_unavailable),
            NotSupportedException not when not.Source == nameof(IRecommender) => Problem.Of(ProblemKind.NotSupported, not.Message),
            BadHttpRequestException bad => Problem.Of(ProblemKind.ForStatus(bad.StatusCode), bad.Message),
            OperationCanceledException when lifetime.ApplicationStopping.IsCancellationRequested =>
                Problem.Retry(httpContext, ProblemKind.Unavailable, "The server is stopping.", s_unavailable),
            _ => null,
        };
        if (result is null)
        {
            LogFailure(exception);
            result = Problem.Of(ProblemKind.Internal, "The server's log has the details.");
        }

        await result.ExecuteAsync(httpContext);
        return true;
    }

    [LoggerMessage(EventId = 1000, Level = LogLevel.Error, Message = "A request failed")]
    private partial void LogFailure(Exception exception);
}
