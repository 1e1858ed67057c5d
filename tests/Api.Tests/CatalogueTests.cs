namespace Buddies.Api.Tests;

public sealed class CatalogueTests
{
    [Fact]
    public async Task Tracks_GoodAndBad_AreToldApart()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync(HttpMethod.Put, "/v1/tracks", $$"""
            [{"id":"t1","title":"Song","artist":"Band","tags":["rock","loud"]},{"id":"t2","title":"Bare"},
             {"id":"t3","title":""},{"id":"","title":"x"},{"id":"t4","title":"{{new string('x', 257)}}"},
             {"id":"t5","title":"x","tags":["{{new string('y', 65)}}"]},{"id":"t6","title":"x","tags":[{{string.Join(',', Enumerable.Repeat("\"a\"", 17))}}]},
             {"id":"t7","title":"x","tags":[1]}]
            """);
        Assert.Equal(200, answer.Status);
        Assert.Equal(2, answer.Json.GetProperty("upserted").GetInt32());
        Assert.Equal(
            ["title: expected 1 to 256 characters, got 0", "id: expected 1 to 128 characters, got none", "title: expected 1 to 256 characters, got 257",
                "tags: expected 1 to 64 characters, got 65", "tags: expected at most 16 entries", "tags: expected strings only, got something else at position 0"],
            answer.Json.GetProperty("rejected").EnumerateArray().Select(r => r.GetProperty("error").GetString()!));
        Assert.Equal(["rock", "loud"], host.Recommender.Tracks[0].Tags);
        Assert.Equal(("Bare", ""), (host.Recommender.Tracks[1].Title, host.Recommender.Tracks[1].Artist));
    }

    [Theory]
    [InlineData("""{"id":"p","title":"Mix","ownerId":"o","trackIds":["t"]}""", "public: required")]
    [InlineData("""{"id":"p","title":"Mix","ownerId":"o","public":"yes","trackIds":["t"]}""", "public: expected true or false")]
    [InlineData("""{"id":"p","title":"Mix","ownerId":"o","public":true,"trackIds":[]}""", "trackIds: expected 1 to 10000 entries")]
    [InlineData("""{"id":"p","title":"Mix","ownerId":"o","public":true,"trackIds":[""]}""", "trackIds: expected 1 to 128")]
    [InlineData("""{"id":"p","title":"Mix","public":true,"trackIds":["t"]}""", "ownerId: expected 1 to 128")]
    [InlineData("""{"id":"p","title":"Mix","ownerId":"o","public":true,"trackIds":["t"],"followers":-1}""", "followers: expected 0 or more")]
    public async Task Playlists_BadLine_IsRejectedAlone(string bad, string error)
    {
        await using var host = await ApiHost.StartAsync();
        const string Good = """{"id":"p","title":"Mix","ownerId":"o","public":false,"trackIds":["t","t"],"followers":4}""";
        var answer = await host.SendAsync(HttpMethod.Put, "/v1/playlists", $"{Good}\n{bad}", "application/x-ndjson");
        Assert.Equal(1, answer.Json.GetProperty("upserted").GetInt32());
        Assert.Contains(error, answer.Json.GetProperty("rejected")[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        var playlist = Assert.Single(host.Recommender.Playlists);
        Assert.Equal((false, 2, 4), (playlist.IsPublic, playlist.Tracks.Count, playlist.Followers));
    }
}
