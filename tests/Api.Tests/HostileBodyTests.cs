using System.Text;

namespace Buddies.Api.Tests;

public sealed class HostileBodyTests
{
    [Fact]
    public async Task Events_HostileBodies_NeverFailTheServer()
    {
        const int Seed = 20260131;
        var random = new Random(Seed);
        await using var host = await ApiHost.StartAsync();
        var good = Encoding.UTF8.GetBytes($"[{EventTests.Good("a")},{EventTests.Good("b")}]");
        for (var i = 0; i < 300; i++)
        {
            var body = Mutate(random, good, i);
            var path = (i % 3) switch { 0 => "/v1/tracks", 1 => "/v1/playlists", _ => "/v1/events" };
            var method = path == "/v1/events" ? HttpMethod.Post : HttpMethod.Put;
            var answer = await host.SendAsync(method, path, body, i % 2 == 0 ? "application/json" : "application/x-ndjson");
            Assert.True(answer.Status < 500, $"Seed {Seed}, round {i}: {answer.Status} for {Convert.ToBase64String(body)}");
        }
    }

    [Fact]
    public async Task Events_BodyCutByTheClient_IsNobodysFailure()
    {
        await using var host = await ApiHost.StartAsync();
        var port = host.Client.BaseAddress!.Port;
        using (var socket = new System.Net.Sockets.TcpClient("127.0.0.1", port))
        {
            var head = $"POST /v1/events HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n[{EventTests.Good("a")}";
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
            socket.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            var answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
            Assert.DoesNotContain(" 500 ", answer, StringComparison.Ordinal);
        }

        Assert.Empty(host.Recommender.Events);
        Assert.Equal(202, (await host.PostEventsAsync("[]")).Status);
    }

    private static byte[] Mutate(Random random, byte[] good, int round)
    {
        var body = (byte[])good.Clone();
        switch (round % 5)
        {
            case 0:
                body = new byte[random.Next(1, 400)];
                random.NextBytes(body);
                return body;
            case 1:
                return body[..random.Next(body.Length)];
            case 2:
                return Encoding.UTF8.GetBytes(new string('[', random.Next(1, 5000)));
            case 3:
                return Encoding.UTF8.GetBytes($"[{{\"eventId\":{new string('9', random.Next(1, 2000))},\"\\ud800\":1,\"followers\":-1e{random.Next()}}}]");
            default:
                for (var n = 0; n < 4; n++)
                {
                    body[random.Next(body.Length)] = (byte)random.Next(256);
                }

                return body;
        }
    }
}
