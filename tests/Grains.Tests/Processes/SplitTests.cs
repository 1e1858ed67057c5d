using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Buddies.Storage.Keys;
using Buddies.Training.Synth;
using Xunit.Abstractions;

namespace Buddies.Grains.Tests.Processes;

/// <summary>
/// One of three silos can reach the store and its clients, but no other silo: it believes to own its listeners still, and so
/// do the others once they have given it up.
/// </summary>
public sealed class SplitTests(ITestOutputHelper output)
{
    private const int Silos = 3;
    private const int Cut = 2;
    private const string Erased = "split-of-ann-78";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private static readonly string[] s_users = [.. Enumerable.Range(0, 30).Select(i => SyntheticWorld.ListenerId(i).Value)];

    private readonly Stopwatch _since = new();

    [SplitNetworkFact]
    public async Task ASiloCutOffFromTheOthersAlone_LosesNoAcknowledgedEvent_AndShowsNobodyWhoWasErased()
    {
        await using var network = await SplitNetwork.MakeAsync(Silos);
        await using var world = await SmallWorld.MakeAsync();
        var keys = await MakeKeysAsync(world.Directory);
        var silos = new List<SiloProcess>();
        for (var i = 0; i < Silos; i++)
        {
            silos.Add(await StartAsync(world, network, i, keys.File));
        }

        using var first = new Caller(silos[0].Url, keys.Operator);
        using var second = new Caller(silos[1].Url, keys.Operator);
        using var cut = new Caller(silos[Cut].Url, keys.Operator);
        using var producer = new Caller(silos[0].Url, keys.Producer);
        var friend = await MakeBuddyAsync(producer, first, second, cut);
        var before = await CountAllAsync(first);

        using var ending = new CancellationTokenSource();
        var acknowledged = new ConcurrentDictionary<string, long>();
        var urls = silos.Select(silo => silo.Url).ToArray();
        var writers = s_users.SelectMany(user => new[] { 0, Cut }.Select(first => WriteAsync(user, first, urls, keys.Producer, acknowledged, ending.Token))).ToArray();
        await UntilAsync("all write", () => Task.FromResult(acknowledged.Count == s_users.Length));

        await network.CutAsync(Cut, 0);
        await network.CutAsync(Cut, 1);
        _since.Start();
        await UntilAsync("it is erased", async () => await TryAsync(() => first.StatusAsync(HttpMethod.Delete, $"/v1/users/{Erased}")) == 202);
        output.WriteLine($"{_since.Elapsed.TotalSeconds:0.0} s: the erasure is answered");

        // Whoever asks the one that was cut off gets no answer, or one without the listener who is gone.
        var answers = await Task.WhenAll(s_users.Prepend(friend).Select(user => TryTextAsync(silos[Cut].Url, keys.Operator, $"/v1/users/{user}/buddies?k=50")));
        Assert.All(answers, answer => Assert.DoesNotContain(Erased, answer ?? "", StringComparison.Ordinal));
        output.WriteLine($"{_since.Elapsed.TotalSeconds:0.0} s: {answers.Count(answer => answer is not null)} of {answers.Length} lists answered by the one that is cut off");

        await UntilAsync("it has ended", () => Task.FromResult(silos[Cut].HasEnded));
        output.WriteLine($"{_since.Elapsed.TotalSeconds:0.0} s: it has ended");
        await network.MendAsync(Cut, 0);
        await network.MendAsync(Cut, 1);
        silos.Add(await StartAsync(world, network, Cut, keys.File));
        using var back = new Caller(silos[^1].Url, keys.Operator);
        await ending.CancelAsync();
        await Task.WhenAll(writers);

        var sent = before.Select((count, i) => count + acknowledged[s_users[i]]).ToArray();
        await UntilAsync("every acknowledged event has its effect", async () => Enumerable.SequenceEqual(await CountAllAsync(first), sent));
        output.WriteLine($"{_since.Elapsed.TotalSeconds:0.0} s: {acknowledged.Values.Sum()} acknowledged events have their effect");
        foreach (var caller in new[] { first, second, back })
        {
            Assert.Equal(sent, await CountAllAsync(caller));
            Assert.DoesNotContain(Erased, await caller.TextAsync($"/v1/users/{friend}/buddies?k=50"), StringComparison.Ordinal);
        }

        // What is in the store agrees: with the checkpoints that were written meanwhile.
        foreach (var silo in silos.Where(silo => !silo.HasEnded))
        {
            Assert.Equal(0, await silo.TerminateAsync());
        }

        silos.Add(await StartAsync(world, network, 0, keys.File));
        using var anew = new Caller(silos[^1].Url, keys.Operator);
        Assert.Equal(sent, await CountAllAsync(anew));
    }

    /// <summary>Somebody in whose list of every silo is who will be erased.</summary>
    private async Task<string> MakeBuddyAsync(Caller producer, params Caller[] callers)
    {
        var friend = s_users[0];
        var export = await callers[0].GetAsync($"/v1/users/{friend}/export");
        var tracks = export.GetProperty("tracks").EnumerateArray().Select(track => track.GetProperty("trackId").GetString()).ToArray();
        await producer.AskAsync(HttpMethod.Post, "/v1/events", tracks.Select((track, i) => new
        {
            eventId = string.Create(CultureInfo.InvariantCulture, $"e{i}"), userId = Erased, kind = "listen", trackId = track, occurredAt = DateTimeOffset.UtcNow,
        }).ToArray());
        foreach (var caller in callers)
        {
            await UntilAsync("all know each other", async () =>
                (await caller.TextAsync($"/v1/users/{friend}/buddies?k=50")).Contains(Erased, StringComparison.Ordinal));
        }

        return friend;
    }

    /// <summary>As a producer does: the same event again until it is acknowledged, by another silo where one does not answer.</summary>
    private static async Task WriteAsync(string user, int first, Uri[] silos, string key, ConcurrentDictionary<string, long> acknowledged, CancellationToken ending)
    {
        var callers = Array.ConvertAll(silos, silo => new Caller(silo, key));
        for (var (i, silo) = (0, first); !ending.IsCancellationRequested; i++)
        {
            var body = new[]
            {
                new
                {
                    eventId = string.Create(CultureInfo.InvariantCulture, $"w{first}-{i}"),
                    userId = user,
                    kind = "listen",
                    trackId = SyntheticWorld.TrackId(i % 60).Value,
                    occurredAt = DateTimeOffset.UtcNow,
                },
            };
            for (var attempt = 1; await TryAsync(() => callers[silo].StatusAsync(HttpMethod.Post, "/v1/events", body)) != 202; attempt++)
            {
                silo = attempt % 20 == 0 ? (silo + 1) % silos.Length : silo;
            }

            acknowledged.AddOrUpdate(user, 1, (_, count) => count + 1);
        }

        Array.ForEach(callers, caller => caller.Dispose());
    }

    private static async Task<long[]> CountAllAsync(Caller caller)
    {
        var counts = new long[s_users.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = (await caller.GetAsync($"/v1/users/{s_users[i]}/taste")).GetProperty("counts").GetProperty("events").GetInt64();
        }

        return counts;
    }

    private static async Task<SiloProcess> StartAsync(SmallWorld world, SplitNetwork network, int place, string keys) => world.Keep(await SiloProcess.StartAsync(
        [.. network.Enter(place), "dotnet"], network.Address(place), world.Directory, world.Postgres.ConnectionString, [], ["--keys", keys]));

    private static async Task<(string File, string Operator, string Producer)> MakeKeysAsync(string directory)
    {
        var (lines, texts) = (new List<string>(), new List<string>());
        foreach (var role in new[] { AccessRole.Operator, AccessRole.Producer })
        {
            var (text, id, sha256) = AccessKeyText.Create();
            texts.Add(text);
            lines.Add(AccessKeys.LineOf(new AccessKey(id, $"the {role}", role, sha256)));
        }

        var file = Path.Combine(directory, "keys");
        await File.WriteAllLinesAsync(file, lines);
        return (file, texts[0], texts[1]);
    }

    private static async Task<string?> TryTextAsync(Uri silo, string key, string path)
    {
        using var caller = new Caller(silo, key);
        try
        {
            return await caller.TextAsync(path);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null; // 503, or it has gone.
        }
    }

    private static async Task<int> TryAsync(Func<Task<int>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    private async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!await isSo())
        {
            Assert.False(patience.IsCancellationRequested, $"not in time: {what} ({_since.Elapsed.TotalSeconds:0.0} s after the cut)");
            await Task.Yield();
        }
    }
}
