using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Buddies.Cli.Server;

/// <summary>One producer's connection to <c>POST /v1/events</c>: newline-delimited JSON in, a receipt out. One batch at a time.</summary>
internal sealed class EventDoor : IDisposable
{
    private static readonly MediaTypeHeaderValue s_lines = new("application/x-ndjson");
    private static readonly TimeSpan s_defaultDelay = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http;
    private readonly Uri _events;

    public EventDoor(Uri server, TimeSpan? timeout = null)
    {
        _events = new Uri(server, "/v1/events");
        _http = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = timeout ?? TimeSpan.FromSeconds(100),
        }.WithKey();
    }

    /// <summary>Posts a batch.</summary>
    /// <param name="lines">One JSON object a line.</param>
    /// <param name="cancellationToken">Gives up; what became of the batch is unknown then.</param>
    /// <exception cref="HttpRequestException">There was no whole answer; what became of the batch is unknown.</exception>
    public async Task<DoorAnswer> PostAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(lines);
        content.Headers.ContentType = s_lines;
        using var request = new HttpRequestMessage(HttpMethod.Post, _events) { Content = content };
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            return Read((int)answer.StatusCode, DelayOf(answer.Headers.RetryAfter), body);
        }
        catch (IOException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"No answer within {_http.Timeout.TotalSeconds:0} s.", e);
        }
    }

    /// <summary>Posts a batch until it is taken, and comes back when the server says so.</summary>
    /// <param name="lines">One JSON object a line.</param>
    /// <param name="onLater">Hears of each answer that says to come back.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The first answer that is not 429 or 503.</returns>
    public async Task<DoorAnswer> PostUntilTakenAsync(ReadOnlyMemory<byte> lines, Action<DoorAnswer>? onLater, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await PostAsync(lines, cancellationToken);
            if (!answer.IsLater)
            {
                return answer;
            }

            onLater?.Invoke(answer);
            await Task.Delay(answer.RetryAfter ?? s_defaultDelay, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Reads a receipt or a problem.</summary>
    internal static DoorAnswer Read(int status, TimeSpan? retryAfter, ReadOnlySpan<byte> body)
    {
        var (accepted, duplicates, rejected) = (0, 0, 0);
        string? error = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            while (status == 202 && reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName)
                {
                    // "rejected": [{ "index": …, "error": … }, …]
                    rejected += reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == 2 ? 1 : 0;
                    if (error is null && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("error"u8))
                    {
                        reader.Read();
                        error = reader.GetString();
                    }
                }
                else if (reader.ValueTextEquals("accepted"u8))
                {
                    reader.Read();
                    accepted = reader.GetInt32();
                }
                else if (reader.ValueTextEquals("duplicates"u8))
                {
                    reader.Read();
                    duplicates = reader.GetInt32();
                }
            }
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"The server's receipt cannot be read: {e.Message}", e);
        }

        return new DoorAnswer(status, accepted, duplicates, rejected, retryAfter, status == 202 ? error : Encoding.UTF8.GetString(body));
    }

    private static TimeSpan? DelayOf(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - TimeProvider.System.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero,
        _ => null,
    };
}
