using System.Diagnostics;
using System.Net;

namespace Buddies.Cli.Bench.Cluster;

/// <summary>A client that knows every silo: where one does not answer, or says that it cannot, the next one is asked the same.</summary>
/// <param name="silos">Where they are.</param>
/// <param name="patience">After which the last answer, or the last failure, is the answer.</param>
internal sealed class FailoverHandler(IReadOnlyList<Uri> silos, TimeSpan patience)
    : DelegatingHandler(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null, ConnectTimeout = TimeSpan.FromSeconds(1) })
{
    /// <summary>How long one silo is waited for.</summary>
    private static readonly TimeSpan s_attempt = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private long _repeated;
    private int _next;

    /// <summary>How often another silo had to be asked.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (path, started, first) = (request.RequestUri!.PathAndQuery, Stopwatch.GetTimestamp(), Interlocked.Increment(ref _next));
        if (request.Content is { } content)
        {
            await content.LoadIntoBufferAsync(cancellationToken); // It may be sent more than once.
        }

        for (var attempt = 0; ; attempt++)
        {
            request.RequestUri = new Uri(silos[(int)((uint)(first + attempt) % (uint)silos.Count)], path);
            var isLast = Stopwatch.GetElapsedTime(started) > patience;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(s_attempt);
            try
            {
                var answer = await base.SendAsync(request, limit.Token);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || isLast)
                {
                    // A silo that is killed while it answers has not answered. A stream does not end.
                    return answer.Content.Headers.ContentType?.MediaType == "text/event-stream" ? answer : await ReadWholeAsync(answer, limit.Token);
                }

                answer.Dispose();
            }
            catch (Exception e) when (!isLast && !cancellationToken.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            Interlocked.Increment(ref _repeated);
            await Task.Delay(s_pause, cancellationToken);
        }
    }

    private static async Task<HttpResponseMessage> ReadWholeAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }
}
