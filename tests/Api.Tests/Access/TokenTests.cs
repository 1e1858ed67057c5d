using System.Net.Http.Headers;
using Buddies.Engine.Serving;
using Buddies.Storage.Audit;
using Buddies.Storage.Keys;

namespace Buddies.Api.Tests.Access;

public sealed class TokenTests
{
    [Fact]
    public async Task Token_Issued_IsOneListenersUntilItEnds()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync();
        var answer = await host.SendAsync(KeySet.Request(HttpMethod.Post, "/v1/tokens", keys["backend"], """{"userId":"own","expiresInSeconds":60}"""));
        Assert.Equal(200, answer.Status);
        var token = answer.Json.GetProperty("token").GetString();
        Assert.Equal("own", answer.Json.GetProperty("userId").GetString());

        Assert.Equal(200, (await host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/users/own/home", token))).Status);
        (await host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/users/other/home", token))).Problem(403, "forbidden");
        host.Time.Advance(TimeSpan.FromSeconds(60));
        (await host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/users/own/home", token))).Problem(401, "key-refused");
    }

    [Theory]
    [InlineData("""{"userId":""}""")]
    [InlineData("""{}""")]
    [InlineData("""{"userId":"u","expiresInSeconds":0}""")]
    [InlineData("""{"userId":"u","expiresInSeconds":86401}""")]
    public async Task Token_BadRequest_IsRefused(string body)
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync();
        (await host.SendAsync(KeySet.Request(HttpMethod.Post, "/v1/tokens", keys["backend"], body))).Problem(400, "invalid-body");
    }

    [Fact]
    public async Task Token_OfABackend_EndsWithItsKeyAndWithItsRevocation()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync();
        var issued = await host.SendAsync(KeySet.Request(HttpMethod.Post, "/v1/tokens", keys["backend"], """{"userId":"own"}"""));
        var (token, id) = (issued.Json.GetProperty("token").GetString(), issued.Json.GetProperty("tokenId").GetString());
        var other = keys.TokenFor(host, "own");
        Assert.Equal(204, (await host.SendAsync(KeySet.Request(HttpMethod.Delete, $"/v1/tokens/{id}", keys["backend"]))).Status);
        Assert.Equal(401, (await host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/users/own/home", token))).Status);
        Assert.Equal(200, (await host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/users/own/home", other))).Status);
        Assert.Contains(id!, await File.ReadAllTextAsync(Path.Combine(host.DataDirectory, "revoked-tokens")), StringComparison.Ordinal);

        keys.Append(AccessKeys.LineOfRevoked(keys.Key("backend").Id));
        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(401, (await host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/users/own/home", other))).Status);
    }

    [Fact]
    public async Task LiveStream_TokenEnds_EndsWithIt()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync();
        using var reader = await OpenAsync(host, keys.TokenFor(host, "own", TimeSpan.FromSeconds(30)));
        host.Recommender.Updates.Writer.TryWrite(new HomeUpdate(FakeRecommender.Page("own", 5), null));
        Assert.Equal("id: 5", await LineAsync(reader, "id:"));
        host.Time.Advance(TimeSpan.FromSeconds(29));
        host.Recommender.Updates.Writer.TryWrite(new HomeUpdate(FakeRecommender.Page("own", 6), null));
        Assert.Equal("id: 6", await LineAsync(reader, "id:"));
        host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await LineAsync(reader, "id:"));
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("removed")]
    public async Task LiveStream_KeyRevoked_EndsWithIt(string how)
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync();
        using var reader = await OpenAsync(host, keys["client"]);
        host.Recommender.Updates.Writer.TryWrite(new HomeUpdate(FakeRecommender.Page("own", 5), null));
        Assert.Equal("id: 5", await LineAsync(reader, "id:"));
        if (how == "removed")
        {
            keys.Remove("client");
        }
        else
        {
            keys.Append(AccessKeys.LineOfRevoked(keys.Key("client").Id));
        }

        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await LineAsync(reader, "id:"));
    }

    [Fact]
    public async Task Keys_ChangedFile_AreTakenUpAndABrokenOneLeavesTheFormer()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync();
        keys.Add("next operator", AccessRole.Operator);
        Assert.Equal(401, (await StatusAsync("next operator")).Status);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await StatusAsync("next operator")).Status);
        Assert.Equal(200, (await StatusAsync("operator")).Status);
        keys.Append("{\"key\":");
        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await StatusAsync("operator")).Status);
        File.Delete(keys.Path);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await StatusAsync("operator")).Status);

        Task<Answer> StatusAsync(string name) => host.SendAsync(KeySet.Request(HttpMethod.Get, "/v1/doorman", keys[name]));
    }

    [Fact]
    public async Task Session_OfAnOperator_IsACookieNoScriptReads()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync();
        var answer = await host.SendAsync(KeySet.Request(HttpMethod.Post, "/v1/session", keys["operator"]));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(keys["operator"], cookie, StringComparison.Ordinal);

        Assert.Equal("operator", (await SendAsync(HttpMethod.Get, "/v1/session")).Json.GetProperty("role").GetString());
        Assert.Equal(200, (await SendAsync(HttpMethod.Get, "/v1/doorman")).Status);
        (await SendAsync(HttpMethod.Post, "/v1/doorman/rollback", "https://evil.example")).Problem(403, "foreign-origin");
        Assert.Equal(202, (await SendAsync(HttpMethod.Post, "/v1/doorman/rollback", host.Client.BaseAddress!.ToString().TrimEnd('/'))).Status);

        // Signing out ends it on the server: a copy is worth nothing.
        Assert.Equal(204, (await SendAsync(HttpMethod.Delete, "/v1/session")).Status);
        (await SendAsync(HttpMethod.Get, "/v1/doorman")).Problem(401, "key-refused");

        Task<Answer> SendAsync(HttpMethod method, string path, string? origin = null)
        {
            var request = KeySet.Request(method, path, null);
            request.Headers.Add("Cookie", cookie.Split(';')[0]);
            if (origin is not null)
            {
                request.Headers.Add("Origin", origin);
            }

            return host.SendAsync(request);
        }
    }

    [Fact]
    public async Task Audit_OperatorsActions_NamesTheKeyAndNoListener()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync();
        await host.SendAsync(KeySet.Request(HttpMethod.Post, "/v1/snapshots/3/promote", keys["operator"], "{}"));
        await host.SendAsync(KeySet.Request(HttpMethod.Delete, "/v1/users/some-listener", keys["backend"]));
        await host.SendAsync(KeySet.Request(HttpMethod.Post, "/v1/tokens", keys["backend"], """{"userId":"some-listener"}"""));
        var (entries, broken) = AuditLog.Read(host.DataDirectory);
        Assert.Empty(broken);
        Assert.Equal(["operator promote", "backend erase", "backend issue token"], entries.Select(e => $"{e.Who} {e.Action}"));
        Assert.Equal(keys.Key("operator").Id, entries[0].Key);
        Assert.DoesNotContain(entries, e => e.Target.Contains("some-listener", StringComparison.Ordinal));

        var file = Directory.GetFiles(Path.Combine(host.DataDirectory, "audit")).Single();
        var lines = await File.ReadAllLinesAsync(file);
        var copy = Directory.CreateTempSubdirectory("buddies-audit-").FullName;
        Directory.CreateDirectory(Path.Combine(copy, "audit"));
        await File.WriteAllLinesAsync(Path.Combine(copy, "audit", "node.ndjson"), [lines[0], lines[2]]);
        Assert.Equal(["node.ndjson line 2"], AuditLog.Read(copy).Broken);
        Directory.Delete(copy, recursive: true);
    }

    private static async Task<StreamReader> OpenAsync(ApiHost host, string credential)
    {
        using var request = KeySet.Request(HttpMethod.Get, "/v1/users/own/home/live", credential);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private static async Task<string?> LineAsync(StreamReader reader, string start)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                return line;
            }
        }

        return null;
    }
}
