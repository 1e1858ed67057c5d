using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Buddies.Api.Tests.Access;

/// <summary>Every endpoint × every role × own and foreign listener × missing, wrong, expired and revoked keys.</summary>
public sealed class MatrixTests
{
    // Who may call what: p producer with the catalogue, e producer of events only, b backend, c client for its own listener,
    // f client for another listener, o operator; * whoever comes, without a key too. An endpoint that is not here fails the test.
    private static readonly Dictionary<string, string> s_allowed = new(StringComparer.Ordinal)
    {
        ["POST /v1/events"] = "pebcf", // Each event is judged alone: EventScopeTests.
        ["PUT /v1/tracks"] = "p",
        ["PUT /v1/playlists"] = "p",
        ["GET /v1/playlists/{id}"] = "bcfo", // Asked for without a viewer: the client's own.
        ["GET /v1/users/{id}/home"] = "bco",
        ["GET /v1/users/{id}/home/live"] = "bco",
        ["GET /v1/users/{id}/buddies"] = "bco",
        ["GET /v1/users/{id}/taste"] = "bco",
        ["DELETE /v1/users/{id}"] = "bco",
        ["GET /v1/users/{id}/privacy"] = "bco",
        ["PUT /v1/users/{id}/privacy"] = "bco",
        ["GET /v1/users/{id}/export"] = "bco",
        ["GET /v1/users/{id}/erasure"] = "bco",
        ["GET /v1/users/{id}/settings"] = "bco",
        ["PUT /v1/users/{id}/settings"] = "bco",
        ["GET /v1/users/{id}/home/why"] = "bco",
        ["GET /v1/users/{id}/hood"] = "bco",
        ["GET /v1/insights"] = "o",
        ["GET /v1/experiments"] = "o",
        ["GET /v1/users"] = "bo",
        ["GET /v1/status"] = "pebcfo",
        ["GET /v1/snapshots"] = "o",
        ["GET /v1/doorman"] = "o",
        ["POST /v1/snapshots/{version}/validate"] = "o",
        ["POST /v1/snapshots/{version}/canary"] = "o",
        ["POST /v1/snapshots/{version}/promote"] = "o",
        ["POST /v1/snapshots/{version}/reject"] = "o",
        ["POST /v1/doorman/rollback"] = "o",
        ["GET /v1/anomalies"] = "o",
        ["DELETE /v1/anomalies/{id}"] = "o",
        ["POST /v1/tokens"] = "bo",
        ["DELETE /v1/tokens/{tokenId}"] = "bo",
        ["GET /v1/session"] = "*",
        ["POST /v1/session"] = "cfo", // A backend's key is refused there with the same answer.
        ["DELETE /v1/session"] = "*",
        ["GET /health/live"] = "*",
        ["GET /health/ready"] = "*",
        ["GET /metrics"] = "o",
        ["GET /openapi/{documentName}.json"] = "*",
    };

    private static readonly (char Letter, string Key)[] s_roles =
        [('p', "producer"), ('e', "plain producer"), ('b', "backend"), ('c', "client"), ('f', "client"), ('o', "operator")];

    [Fact]
    public async Task Endpoint_EveryRole_IsAllowedExactlyWhatItsRowSays()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync(options => options.Security.ClientStreams = 1000);
        var wrong = new List<string>();
        foreach (var (method, pattern) in EndpointsOf(host))
        {
            var name = $"{method} {pattern}";
            if (!s_allowed.TryGetValue(name, out var allowed))
            {
                wrong.Add($"{name}: say here who may call it");
                continue;
            }

            foreach (var (letter, key) in s_roles)
            {
                var user = letter == 'f' ? KeySet.Foreign : KeySet.Own;
                await ExpectAsync(host, wrong, name, key, keys[key], user, allowed.Contains(letter) || allowed == "*");
            }

            foreach (var (letter, user) in new[] { ('c', KeySet.Own), ('f', KeySet.Foreign) })
            {
                var token = keys.TokenFor(host, KeySet.Own);
                await ExpectAsync(host, wrong, name, "token", token, user, allowed.Contains(letter) || allowed == "*");
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Fact]
    public async Task Endpoint_KeyNotGood_Is401UnlessOpenToAll()
    {
        using var keys = new KeySet();
        await using var host = await keys.StartAsync();
        var over = keys.TokenFor(host, KeySet.Own, TimeSpan.FromSeconds(1));
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var good = keys["operator"];
        var token = keys.TokenFor(host, KeySet.Own);
        var bad = new (string Name, string? Credential)[]
        {
            ("missing", null),
            ("empty", ""),
            ("unknown", Storage.Keys.AccessKeyText.Create().Text),
            ("cut", good[..^1]),
            ("one letter off", good[..^1] + (good[^1] == 'A' ? 'B' : 'A')),
            ("another's secret", keys["client"][..21] + good[21..]),
            ("its hash", Convert.ToHexStringLower(keys.Key("operator").Sha256)),
            ("expired", keys["expired"]),
            ("revoked", keys["revoked"]),
            ("token over", over),
            ("token forged", token[..^2] + (token[^2] == 'A' ? "BA" : "AA")),
            ("token of a client's key", keys.TokenFor(host, KeySet.Own, by: "client")),
        };
        var wrong = new List<string>();
        foreach (var (method, pattern) in EndpointsOf(host).Where(e => s_allowed.GetValueOrDefault($"{e.Method} {e.Pattern}") != "*"))
        {
            foreach (var (name, credential) in bad)
            {
                var status = await AskAsync(host, method, pattern, credential, KeySet.Own);
                if (status != 401)
                {
                    wrong.Add($"{method} {pattern} with a key that is {name}: expected 401, got {status}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
        Assert.Empty(host.Recommender.Asked);
    }

    private static async Task ExpectAsync(
        ApiHost host, List<string> wrong, string name, string who, string credential, string user, bool isAllowed)
    {
        var status = await AskAsync(host, name.Split(' ')[0], name.Split(' ')[1], credential, user);
        if (status is 401 or 403 == isAllowed)
        {
            wrong.Add($"{name} by {who} for {user}: expected {(isAllowed ? "to be let in" : "403")}, got {status}");
        }
        else if (!isAllowed && status != 403)
        {
            wrong.Add($"{name} by {who} for {user}: expected 403, got {status}");
        }
    }

    private static async Task<int> AskAsync(ApiHost host, string method, string pattern, string? credential, string user)
    {
        var path = pattern.Replace("{id}", user, StringComparison.Ordinal).Replace("{version}", "3", StringComparison.Ordinal)
            .Replace("{tokenId}", "00ff", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal);
        using var request = KeySet.Request(new HttpMethod(method), path, credential, method is "PUT" or "POST" ? "[]" : null);
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (int)response.StatusCode;
    }

    private static IEnumerable<(string Method, string Pattern)> EndpointsOf(ApiHost host) => host.Services
        .GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            .Select(method => (method, "/" + e.RoutePattern.RawText!.Trim('/'))));
}
