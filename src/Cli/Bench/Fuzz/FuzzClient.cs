using System.Net;
using System.Net.Sockets;

namespace Buddies.Cli.Bench.Fuzz;

/// <summary>Sends raw bytes over a connection of their own, and reads what comes back.</summary>
internal sealed class FuzzClient(IPEndPoint server, TimeSpan patience)
{
    private const int MostAnswerBytes = 32 << 20;

    /// <summary>Sends a request.</summary>
    /// <returns>The answer; <see cref="FuzzAnswer.None"/> when the server closed the connection without one.</returns>
    /// <exception cref="TimeoutException">Neither came in time.</exception>
    /// <exception cref="FormatException">What came is not HTTP.</exception>
    public async Task<FuzzAnswer> SendAsync(FuzzRequest request, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        // Closed hard: a hundred thousand connections must not leave as many ports waiting.
        socket.LingerState = new LingerOption(true, 0);
        try
        {
            await socket.ConnectAsync(server, timeout.Token);
            var received = ReceiveAsync(socket, timeout.Token);
            await SendPiecesAsync(socket, request, timeout.Token);
            return FuzzAnswer.Parse(await received);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {patience.TotalSeconds:0} s");
        }
    }

    private static async Task SendPiecesAsync(Socket socket, FuzzRequest request, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var piece in request.Pieces)
            {
                for (var sent = 0; sent < piece.Length;)
                {
                    sent += await socket.SendAsync(piece.AsMemory(sent), cancellationToken);
                }
            }

            if (request.EndsEarly)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // Refused before all of it was sent: the answer tells why.
        }
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var read)
            {
                answer.Write(buffer, 0, read);
                if (answer.Length > MostAnswerBytes || IsLive(answer))
                {
                    break;
                }
            }
        }
        catch (SocketException)
        {
            // Reset: what has come before it is the answer.
        }

        return answer.ToArray();
    }

    /// <summary>A live stream has no end; its beginning will do.</summary>
    private static bool IsLive(MemoryStream answer)
    {
        var bytes = answer.GetBuffer().AsSpan(0, (int)Math.Min(answer.Length, 4096));
        return FuzzAnswer.FindBody(bytes) is > 0 and var end && bytes[..end].IndexOf("text/event-stream"u8) >= 0;
    }
}
