using System.Net;
using System.Net.Sockets;

namespace Buddies.Grains.Tests.Processes;

/// <summary>
/// The network between one process and a server: while it is cut connections stay and nothing arrives, as where packets are
/// lost; afterwards what was on its way arrives.
/// </summary>
internal sealed class CutProxy(EndPoint server) : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly List<Task> _work = [];
    private volatile TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins to carry.</summary>
    /// <param name="server">Whom the process asks.</param>
    public static CutProxy To(EndPoint server)
    {
        var proxy = new CutProxy(server);
        proxy._open.SetResult();
        proxy._listener.Start();
        proxy._work.Add(proxy.AcceptAsync());
        return proxy;
    }

    /// <summary>Where the process finds the server.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Cut() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mend() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        Task[] work;
        lock (_work)
        {
            work = [.. _work];
        }

        await Task.WhenAll(work);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                lock (_work)
                {
                    _work.Add(CarryAsync(client));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // It was closed.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var there = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await there.ConnectAsync(server, _ending.Token);
                await using var other = new NetworkStream(there);
                var one = client.GetStream();
                _ = await Task.WhenAny(PumpAsync(one, other), PumpAsync(other, one));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The server is gone, or the test is over.
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _ending.Token) is > 0 and var count)
            {
                await _open.Task.WaitAsync(_ending.Token);
                await to.WriteAsync(buffer.AsMemory(0, count), _ending.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // One of the two has closed.
        }
    }
}
