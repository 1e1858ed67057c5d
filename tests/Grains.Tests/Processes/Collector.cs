using System.Net;
using System.Net.Sockets;

namespace Buddies.Grains.Tests.Processes;

/// <summary>Takes spans as an OTLP collector does, and keeps them as they came.</summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener _http = new();
    private readonly Lock _lock = new();
    private readonly List<byte[]> _bodies = [];
    private TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Collector()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        _http.Prefixes.Add(Url);
        _http.Start();
        _ = TakeAsync();
    }

    /// <summary>For OTEL_EXPORTER_OTLP_ENDPOINT.</summary>
    public string Url { get; }

    /// <summary>Every request's body so far.</summary>
    public IReadOnlyList<byte[]> Bodies
    {
        get
        {
            lock (_lock)
            {
                return [.. _bodies];
            }
        }
    }

    /// <summary>Waits until what has come is enough.</summary>
    public async Task WaitAsync(Func<IReadOnlyList<byte[]>, bool> isEnough, TimeSpan patience)
    {
        using var giveUp = new CancellationTokenSource(patience);
        while (true)
        {
            Task came;
            lock (_lock)
            {
                came = _came.Task;
            }

            if (isEnough(Bodies))
            {
                return;
            }

            await came.WaitAsync(giveUp.Token);
        }
    }

    public void Dispose() => _http.Close();

    private async Task TakeAsync()
    {
        try
        {
            while (true)
            {
                var request = await _http.GetContextAsync();
                using var body = new MemoryStream();
                await request.Request.InputStream.CopyToAsync(body);
                request.Response.Close();
                lock (_lock)
                {
                    _bodies.Add(body.ToArray());
                    _came.SetResult();
                    _came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }
}
