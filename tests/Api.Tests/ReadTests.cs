using Buddies.Engine.Identifiers;

namespace Buddies.Api.Tests;

public sealed class ReadTests
{
    [Fact]
    public async Task Home_Answers_HaveTheDocumentedShape()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.GetAsync("/v1/users/u1/home?shelves=2&cards=3&exclude=a,b");
        Assert.Equal(
            """{"userId":"u1","snapshotVersion":3,"sequence":7,"shelves":[{"id":"buddies","title":"From your buddies","cards":[{"playlistId":"p1","title":"A title","ownerId":"owner","score":0.5,"source":"buddies","reason":"a reason","impressionId":"i1"}]}]}""",
            answer.Body);
        var request = host.Recommender.Request!;
        Assert.Equal((2, 3), (request.Shelves, request.Cards));
        Assert.Equal([new PlaylistId("a"), new PlaylistId("b")], request.Exclude);
    }

    [Theory]
    [InlineData("/v1/users/u1/buddies?k=7", """{"userId":"u1","snapshotVersion":3,"buddies":[{"userId":"u2","similarity":0.5,"sharedTracks":12}]}""", "u1 7")]
    [InlineData("/v1/users/u1/taste", """{"userId":"u1","snapshotVersion":3,"topTracks":[{"trackId":"t1","title":"Song","artist":"Band","weight":2.5,"liked":true}],"topArtists":[{"name":"Band","share":0.75}],"topTags":[{"name":"rock","share":0.25}],"counts":{"tracks":1,"artists":2,"events":3,"likes":4,"hidden":5,"follows":6},"hiddenTracks":["t9"],"hiddenPlaylists":["p9"],"followedPlaylists":["p8"]}""", "u1")]
    [InlineData("/v1/users?query=U&limit=5", """{"users":[{"userId":"u1","tracks":10,"playlists":2}]}""", "U 5")]
    [InlineData("/v1/playlists/p1?viewer=v", """{"playlistId":"p1","title":"Mix","ownerId":"owner","followers":3,"entries":[{"trackId":"t1","title":"Song","artist":"Band","times":2,"known":true}]}""", "p1 v")]
    public async Task Read_Answers_HaveTheDocumentedShape(string path, string body, string asked)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.GetAsync(path);
        Assert.Equal((200, body), (answer.Status, answer.Body));
        Assert.Equal(asked, Assert.Single(host.Recommender.Asked));
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("%C3%A9t%C3%A9%20x", "été x")]
    [InlineData("%2f", "/")]
    [InlineData("a+b", "a+b")]
    public async Task PathId_PercentEncoded_IsDecodedOnce(string encoded, string id)
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(200, (await host.GetAsync($"/v1/users/{encoded}/taste")).Status);
        Assert.Equal(id, Assert.Single(host.Recommender.Asked));
    }

    [Theory]
    [InlineData("%FF")]
    [InlineData("%00")]
    [InlineData("%ED%A0%80")]
    [InlineData("%2F%FF")]
    [InlineData("%zz")]
    public async Task PathId_Hostile_NeverFailsTheServer(string encoded)
    {
        await using var host = await ApiHost.StartAsync();
        Assert.InRange((await host.GetAsync($"/v1/users/{encoded}/home")).Status, 200, 499);
    }

    [Fact]
    public async Task PathId_TooLong_IsRefused()
    {
        await using var host = await ApiHost.StartAsync();
        foreach (var path in new[] { "home", "home/live", "buddies", "taste" })
        {
            (await host.GetAsync($"/v1/users/{new string('x', 129)}/{path}")).Problem(400, "invalid-id");
        }

        (await host.GetAsync("/v1/users/a%0Ab/home")).Problem(400, "invalid-id");
        (await host.GetAsync($"/v1/playlists/{new string('x', 129)}")).Problem(400, "invalid-id");
    }

    [Theory]
    [InlineData("/v1/users/u/home?shelves=11", "shelves", "1 to 10")]
    [InlineData("/v1/users/u/home?cards=0", "cards", "1 to 50")]
    [InlineData("/v1/users/u/home/live?cards=x", "cards", "1 to 50")]
    [InlineData("/v1/users/u/home/live?lastEventId=-1", "lastEventId", "0 or more")]
    [InlineData("/v1/users/u/buddies?k=51", "k", "1 to 50")]
    [InlineData("/v1/users/u/buddies?k=99999999999999999999", "k", "1 to 50")]
    [InlineData("/v1/users/u/buddies?k=", "k", "1 to 50")]
    [InlineData("/v1/users?limit=101", "limit", "1 to 100")]
    [InlineData("/v1/playlists/p?viewer=", "viewer", "1 to 128")]
    public async Task Query_OutOfRange_NamesTheRange(string path, string name, string range)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.GetAsync(path)).Problem(400, "invalid-query");
        Assert.Contains(range, problem.GetProperty("errors").GetProperty(name)[0].GetString(), StringComparison.Ordinal);
        Assert.Empty(host.Recommender.Asked);
    }

    [Fact]
    public async Task Home_TooManyExclusions_AreRefused()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.GetAsync("/v1/users/u/home?exclude=" + string.Join(',', Enumerable.Range(0, 201)));
        Assert.Contains("at most 200", answer.Problem(400, "invalid-query").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Playlist_Missing_IsNotFound()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.GetAsync("/v1/playlists/missing")).Problem(404, "playlist-not-found");
    }

    [Fact]
    public async Task Erase_Listener_SaysWhatIsPending()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/v1/users/u%2F1"));
        Assert.Equal((202, """{"userId":"u/1","pending":["event log"]}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Status_AndProbes_TellTheRuntimesState()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(
            """{"ready":true,"stage":"serving","snapshotVersion":3,"listeners":4,"tracks":5,"playlists":6,"eventsApplied":7,"activeListeners":8,"crowd":{"enabled":false,"eventsPerSecond":0}}""",
            (await host.GetAsync("/v1/status")).Body);
        Assert.Equal(200, (await host.GetAsync("/health/ready")).Status);

        host.Recommender.Status = host.Recommender.Status with { Ready = false, Stage = "replaying" };
        var problem = (await host.GetAsync("/health/ready")).Problem(503, "not-ready");
        Assert.Equal(("recommender", "replaying"), (problem.GetProperty("part").GetString(), problem.GetProperty("stage").GetString()));
        Assert.Equal(200, (await host.GetAsync("/health/live")).Status);
        (await host.GetAsync("/v1/users/u/home/live")).Problem(503, "unavailable");
    }

    [Fact]
    public async Task Route_UnknownOrOtherMethod_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.GetAsync("/v1/nothing")).Problem(404, "not-found");
        var answer = await host.GetAsync("/v1/events");
        answer.Problem(405, "method-not-allowed");
        Assert.Contains("POST", answer.ContentHeaders.Allow);
    }

    [Fact]
    public async Task OpenApi_Document_DescribesEveryEndpoint()
    {
        await using var host = await ApiHost.StartAsync();
        var document = (await host.GetAsync("/openapi/v1.json")).Json;
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()).ToList();
        Assert.Equal(27, operations.Count);
        Assert.All(operations, o =>
        {
            Assert.NotEmpty(o.Value.GetProperty("summary").GetString()!);
            Assert.Contains(o.Value.GetProperty("responses").EnumerateObject(), r => r.Name.StartsWith('2'));
            var problem = o.Value.GetProperty("responses").GetProperty("500").GetProperty("content");
            Assert.True(problem.TryGetProperty("application/problem+json", out _), o.Value.ToString());
        });
        var k = document.GetProperty("paths").GetProperty("/v1/users/{id}/buddies").GetProperty("get").GetProperty("parameters")
            .EnumerateArray().Single(p => p.GetProperty("name").GetString() == "k").GetProperty("schema");
        Assert.Equal((1, 50), (k.GetProperty("minimum").GetInt32(), k.GetProperty("maximum").GetInt32()));
        var live = document.GetProperty("paths").GetProperty("/v1/users/{id}/home/live").GetProperty("get").GetProperty("responses")
            .GetProperty("200").GetProperty("content").GetProperty("text/event-stream").GetProperty("schema").GetProperty("$ref").GetString()!;
        var events = document.GetProperty("components").GetProperty("schemas").GetProperty(live.Split('/')[^1]).GetProperty("properties");
        Assert.Equal(["buddies", "home"], events.EnumerateObject().Select(p => p.Name).Order());
    }
}
