using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Buddies.Api.Live;

/// <summary>Writes server-sent events (WHATWG HTML, section 9.2) and flushes each one.</summary>
internal sealed class ServerSentEventWriter(HttpResponse response)
{
    private readonly PipeWriter _pipe = response.BodyWriter;

    /// <summary>Sends the headers and says how long to wait before coming back.</summary>
    public Task StartAsync(TimeSpan retry, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        Write($"retry: {(long)retry.TotalMilliseconds}\n\n");
        return FlushAsync(cancellationToken);
    }

    /// <summary>Sends something that a client ignores, to show that the connection is alive.</summary>
    public Task CommentAsync(CancellationToken cancellationToken)
    {
        Write(":\n\n");
        return FlushAsync(cancellationToken);
    }

    /// <summary>Sends one event; its JSON has no line breaks, so it is one data line.</summary>
    public Task EventAsync<T>(string name, long id, T data, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        Write($"event: {name}\nid: {id}\ndata: ");
        using (var json = new Utf8JsonWriter(_pipe))
        {
            JsonSerializer.Serialize(json, data, type);
        }

        Write("\n\n");
        return FlushAsync(cancellationToken);
    }

    private void Write(FormattableString text) => Write(FormattableString.Invariant(text));

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _pipe);

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var flushed = await _pipe.FlushAsync(cancellationToken);
        if (flushed.IsCompleted)
        {
            throw new IOException("The reader has left.");
        }
    }
}
