using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Buddies.Api.Tests;

/// <summary>Compressed bodies.</summary>
public sealed class EncodedBodyTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("BR")]
    public async Task Events_Compressed_AreRead(string encoding)
    {
        await using var host = await ApiHost.StartAsync();
        var lines = string.Join('\n', Enumerable.Range(0, 500).Select(i => EventTests.Good($"e{i}")));
        var answer = await PostAsync(host, Compress(Encoding.UTF8.GetBytes(lines), encoding), encoding, "application/x-ndjson");
        Assert.Equal("""{"accepted":500,"duplicates":0,"rejected":[]}""", answer.Body);
    }

    [Fact]
    public async Task Events_SaidToBePlain_AreRead()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(202, (await PostAsync(host, "[]"u8.ToArray(), "identity")).Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Events_Bomb_IsRefusedAtTheCapAndLeavesTheBudgetWhole(string encoding)
    {
        await using var host = await ApiHost.StartAsync(o => (o.MaxBodyBytes, o.MaxBufferedBytes) = (64 * 1024, 512 * 1024));
        var bomb = Compress(new byte[30 << 20], encoding);
        Assert.True(bomb.Length < 64 * 1024, $"the bomb itself has {bomb.Length} bytes");
        for (var i = 0; i < 20; i++)
        {
            // Were a buffer not given back, the budget would be gone after a few: 429.
            (await PostAsync(host, bomb, encoding)).Problem(413, "body-too-large");
        }

        Assert.Equal(202, (await host.PostEventsAsync("[]")).Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Events_NotWhatTheEncodingSays_IsABadRequest(string encoding)
    {
        await using var host = await ApiHost.StartAsync();
        (await PostAsync(host, Encoding.UTF8.GetBytes($"[{EventTests.Good("e")}]"), encoding)).Problem(400, "invalid-body");
        Assert.Empty(host.Recommender.Events);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Events_CompressedAndCut_AreNotTaken(string encoding)
    {
        await using var host = await ApiHost.StartAsync();
        var random = new Random(1);
        var lines = string.Join('\n', Enumerable.Range(0, 300).Select(_ => EventTests.Good($"{random.NextInt64():x}")));
        var whole = Compress(Encoding.UTF8.GetBytes(lines), encoding);
        (await PostAsync(host, whole[..(whole.Length / 2)], encoding, "application/x-ndjson")).Problem(400, "invalid-body");
        Assert.Empty(host.Recommender.Events);
    }

    [Theory]
    [InlineData("deflate")]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    [InlineData("gzip, identity")]
    public async Task Events_OtherEncoding_IsRefusedAndToldWhichAreKnown(string encoding)
    {
        await using var host = await ApiHost.StartAsync();
        var content = new ByteArrayContent("[]"u8.ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = content };
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(415, (int)response.StatusCode);
        Assert.Equal("gzip, br", response.Headers.GetValues("Accept-Encoding").Single());
    }

    private static Task<Answer> PostAsync(ApiHost host, byte[] body, string encoding, string type = "application/json")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        content.Headers.ContentEncoding.Add(encoding);
        return host.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = content });
    }

    private static byte[] Compress(byte[] body, string encoding)
    {
        using var bytes = new MemoryStream();
        using (Stream stream = encoding == "gzip" ? new GZipStream(bytes, CompressionLevel.Optimal) : new BrotliStream(bytes, CompressionLevel.Optimal))
        {
            stream.Write(body);
        }

        return bytes.ToArray();
    }
}
