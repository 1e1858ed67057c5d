using System.Security.Cryptography;
using Buddies.Storage.Audit;
using Buddies.Storage.Keys;
using Buddies.Storage.Tests.Postgres;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Processes;

/// <summary>Silos without a surface, and clients of the cluster without a silo, behind the doors of every server.</summary>
public sealed class RoleTests
{
    [PrivatePostgresFact]
    public async Task AClientOfTheCluster_ServesWhatTheSilosHold_ToWhoeverHasAKey()
    {
        await using var world = await SmallWorld.MakeAsync();
        var keys = new Dictionary<AccessRole, string>();
        var lines = new List<string> { AccessKeys.LineOf(new SigningSecret("5190000000000000", RandomNumberGenerator.GetBytes(32))) };
        foreach (var role in new[] { AccessRole.Producer, AccessRole.Backend, AccessRole.Operator })
        {
            var (text, id, sha256) = AccessKeyText.Create();
            keys[role] = text;
            lines.Add(AccessKeys.LineOf(new AccessKey(id, $"the {role}", role, sha256)));
        }

        var file = Path.Combine(world.Directory, "keys");
        await File.WriteAllLinesAsync(file, lines);
        var silo = await world.StartAsync("--role", "silo", "--keys", file);
        var front = await world.StartAsync("--role", "api", "--keys", file);
        var otherFront = await world.StartAsync("--role=api", "--keys", file);

        // A silo answers probes, and an operator's scrape; it has no other calls, not even for an operator.
        using (var atSilo = new Caller(silo.Url, keys[AccessRole.Operator]))
        {
            Assert.Equal("ready", (await atSilo.GetAsync("/health/ready")).GetProperty("status").GetString());
            Assert.Contains("buddies_listeners 60", await atSilo.TextAsync("/metrics"), StringComparison.Ordinal);
            Assert.Equal(404, await atSilo.StatusAsync(HttpMethod.Get, "/v1/doorman"));
        }

        var (own, foreign) = (SyntheticWorld.ListenerId(3).Value, SyntheticWorld.ListenerId(4).Value);
        using var nobody = new Caller(front.Url);
        using var producer = new Caller(front.Url, keys[AccessRole.Producer]);
        using var backend = new Caller(front.Url, keys[AccessRole.Backend]);
        using var operators = new Caller(front.Url, keys[AccessRole.Operator]);
        Assert.Equal(401, await nobody.StatusAsync(HttpMethod.Get, $"/v1/users/{own}/home"));
        Assert.Equal(401, await nobody.StatusAsync(HttpMethod.Post, "/v1/events", new[] { Listen(own, "a") }));
        Assert.Equal(403, await producer.StatusAsync(HttpMethod.Get, $"/v1/users/{own}/home"));
        Assert.Equal(403, await backend.StatusAsync(HttpMethod.Get, "/v1/doorman"));

        var token = (await backend.AskAsync(HttpMethod.Post, "/v1/tokens", new { userId = own })).GetProperty("token").GetString();
        using var client = new Caller(otherFront.Url, token);
        Assert.Equal(403, await client.StatusAsync(HttpMethod.Get, $"/v1/users/{foreign}/home"));

        // The stream of one front hears what came in by the other.
        await using (var pages = client.LiveAsync($"/v1/users/{own}/home/live").Where(update => update.Name == "home").GetAsyncEnumerator())
        {
            Assert.True(await pages.MoveNextAsync());
            var hidden = Caller.PlaylistsOf(pages.Current.Data)[0];
            await producer.AskAsync(HttpMethod.Post, "/v1/events", new[] { Hide(own, hidden) });
            do
            {
                Assert.True(await pages.MoveNextAsync());
            }
            while (Caller.PlaylistsOf(pages.Current.Data).Contains(hidden));
        }

        Assert.Equal(1, (await producer.AskAsync(HttpMethod.Post, "/v1/events", new[] { Listen(own, "a") })).GetProperty("accepted").GetInt32());
        Assert.Equal(1, (await producer.AskAsync(HttpMethod.Post, "/v1/events", new[] { Listen(own, "a") })).GetProperty("duplicates").GetInt32());
        Assert.NotEmpty((await client.GetAsync($"/v1/users/{own}/buddies")).GetProperty("buddies").EnumerateArray());
        Assert.NotEmpty((await backend.GetAsync("/v1/users")).GetProperty("users").EnumerateArray());

        // A front shows what it can tell of the cluster; what silos count is the silos' to show, or it would be added up twice.
        var shown = await operators.TextAsync("/metrics");
        Assert.Contains("buddies_listeners 60", shown, StringComparison.Ordinal);
        Assert.Contains("buddies_snapshot_version 1", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("buddies_listeners_active", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("buddies_sets_active", shown, StringComparison.Ordinal);

        // An operator by a front: the doorman, the audit log, which names no listener.
        Assert.Equal(1, (await operators.GetAsync("/v1/doorman")).GetProperty("current").GetInt32());
        Assert.Equal(409, await operators.StatusAsync(HttpMethod.Post, "/v1/snapshots/1/validate", new { why = "it is let in already" }));
        await operators.AskAsync(HttpMethod.Get, $"/v1/users/{foreign}/export");
        var (entries, broken) = AuditLog.Read(world.Directory);
        Assert.Empty(broken);
        Assert.Contains(entries, entry => entry is { Who: "the Operator", Action: "export" });
        Assert.Contains(entries, entry => entry is { Who: "the Backend", Action: "issue token" });
        Assert.Contains(entries, entry => entry.Who == "the Operator" && entry.Action.Contains("validate", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(world.Directory, "audit")), path => ReadShared(path).Contains(foreign, StringComparison.Ordinal));
        Assert.Equal(0, await front.TerminateAsync());
        Assert.Equal(0, await silo.TerminateAsync());
    }

    [PrivatePostgresFact]
    public async Task AClientOfTheCluster_WhoseSiloIsKilled_GoesOnWithTheOthers()
    {
        await using var world = await SmallWorld.MakeAsync();
        SiloProcess[] silos = [await world.StartAsync("--role", "silo"), await world.StartAsync("--role", "silo")];
        var front = await world.StartAsync("--role", "api");
        using var caller = new Caller(front.Url);
        var users = Enumerable.Range(0, 20).Select(i => SyntheticWorld.ListenerId(i).Value).ToArray();
        var before = await Task.WhenAll(users.Select(CountAsync));
        await using var pages = caller.LiveAsync($"/v1/users/{users[0]}/home/live").Where(update => update.Name == "home").GetAsyncEnumerator();
        Assert.True(await pages.MoveNextAsync());
        var hidden = Caller.PlaylistsOf(pages.Current.Data)[0];

        silos[0].Kill();

        // As a producer does: the same events again, until they are acknowledged.
        object[] events = [.. users.Select(user => Listen(user, "after")), Hide(users[0], hidden)];
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await caller.StatusAsync(HttpMethod.Post, "/v1/events", events) != 202)
        {
            patience.Token.ThrowIfCancellationRequested();
        }

        do
        {
            Assert.True(await pages.MoveNextAsync(), "the stream has ended");
        }
        while (Caller.PlaylistsOf(pages.Current.Data).Contains(hidden));
        Assert.Equal(before.Select((count, i) => count + (i == 0 ? 2 : 1)), await Task.WhenAll(users.Select(CountAsync)));
        Assert.Equal("ready", (await caller.GetAsync("/health/ready")).GetProperty("status").GetString());

        async Task<long> CountAsync(string user) =>
            (await caller.GetAsync($"/v1/users/{user}/taste")).GetProperty("counts").GetProperty("events").GetInt64();
    }

    private static object Listen(string user, string id) =>
        new { eventId = id, userId = user, kind = "listen", trackId = SyntheticWorld.TrackId(1).Value, occurredAt = DateTimeOffset.UtcNow };

    private static object Hide(string user, string playlist) =>
        new { eventId = "hide", userId = user, kind = "hide", playlistId = playlist, occurredAt = DateTimeOffset.UtcNow };

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
