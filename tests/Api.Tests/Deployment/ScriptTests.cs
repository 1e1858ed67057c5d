using System.Text.Json;
using Buddies.Api.Tests.Crash;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Sqlite;

namespace Buddies.Api.Tests.Deployment;

/// <summary>The scripts against a running server, where they need one; their form where they need a cluster.</summary>
public sealed class ScriptTests : IDisposable
{
    private static readonly string s_folder = Path.Combine(Programs.Root, "k8s", "scripts");

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-scripts-").FullName;

    public static TheoryData<string> Scripts { get; } = [.. Directory.GetFiles(s_folder).Select(file => Path.GetFileName(file)).Where(file => file != "lib.sh")];

    public void Dispose() => Directory.Delete(_directory, true);

    [ScriptTheory]
    [MemberData(nameof(Scripts))]
    public async Task Script_AskedForHelpOrWrongly_SaysHowItIsUsed(string script)
    {
        var (code, output) = await RunAsync(script, "--help");
        Assert.Equal(0, code);
        Assert.Contains($"  {script}", output, StringComparison.Ordinal);
        (code, output) = await RunAsync(script, "--no-such-option");
        Assert.True(code == 2 && output.Contains("--help", StringComparison.Ordinal), $"{code}: {output}");
    }

    [ShellcheckFact]
    public async Task Scripts_UnderShellcheck_HaveNothingToMend()
    {
        var (code, output) = await Programs.RunAsync("shellcheck", ["-x", Path.Combine(Programs.Root, ".ci", "run"), .. Directory.GetFiles(s_folder)]);
        Assert.True(code == 0, output);
    }

    [ScriptFact]
    public async Task LoadTest_OfARealServer_IsCountedByIt()
    {
        await MakeWorldAsync();
        using var server = await ServerProcess.StartAsync(_directory);
        var result = Path.Combine(_directory, "result.json");
        var (code, output) = await RunAsync(
            "load-test", "--server", server.Client.BaseAddress!.ToString(), "--seconds", "1", "--connections", "2", "--events", "7", "--listeners", "5", "--out", result);
        Assert.True(code == 0, output);
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(result)).RootElement;
        Assert.True(report.GetProperty("requests").GetInt32() >= 20, output);
        Assert.Equal(0, report.GetProperty("failed").GetInt32());
        Assert.True(report.GetProperty("homeP99Ms").GetDouble() > 0, output);
        var scrape = await server.Client.GetStringAsync("/metrics");
        Assert.Contains($"\nbuddies_ingest_accepted_total {report.GetProperty("acceptedEvents").GetInt32()}\n", scrape, StringComparison.Ordinal);
    }

    [ScriptFact]
    public async Task LoadTest_OfAServerThatIsNotThere_Fails()
    {
        var (code, output) = await RunAsync("load-test", "--server", "http://127.0.0.1:9", "--seconds", "1", "--connections", "1");
        Assert.True(code == 1, $"{code}: {output}");
    }

    [ScriptFact]
    public async Task Model_OfAServer_IsAskedAndRefusedByTheContract()
    {
        await MakeWorldAsync();
        using var server = await ServerProcess.StartAsync(_directory);
        var url = server.Client.BaseAddress!.ToString();
        var (code, output) = await RunAsync("model", "--server", url, "status");
        Assert.True(code == 0, output);
        Assert.Equal(0, JsonDocument.Parse(output).RootElement.GetProperty("current").GetInt32());
        (code, output) = await RunAsync("model", "--server", url, "promote", "77");
        Assert.True(code != 0 && output.Contains("urn:buddies:problem:snapshot-not-found", StringComparison.Ordinal), $"{code}: {output}");
    }

    private static Task<(int ExitCode, string Output)> RunAsync(string script, params string[] arguments) =>
        Programs.RunAsync("bash", [Path.Combine(s_folder, script), .. arguments]);

    private async Task MakeWorldAsync()
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        await store.Events.AppendAsync(
            [new UserEvent(new EventId("e"), new UserId("u"), EventKind.Listen, new TrackId("t"), null, null, null, DateTimeOffset.UtcNow)], default);
    }
}

/// <summary>A theory over the scripts; says so where what they run is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScriptTheoryAttribute : TheoryAttribute
{
    public ScriptTheoryAttribute() => Skip = ScriptFactAttribute.Missing;
}

/// <summary>A fact that needs shellcheck; says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShellcheckFactAttribute : FactAttribute
{
    public ShellcheckFactAttribute() => Skip = Programs.Has("shellcheck") ? null : "NOT TESTED: there is no shellcheck on the path (Debian: apt-get install shellcheck).";
}

/// <summary>A fact that runs the scripts; says so where what they run is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScriptFactAttribute : FactAttribute
{
    public ScriptFactAttribute() => Skip = Missing;

    public static string? Missing { get; } =
        new[] { "bash", "curl", "jq", "awk", "sed" }.FirstOrDefault(program => !Programs.Has(program)) is { } missing
            ? $"NOT TESTED: the scripts need {missing}, which is not on the path."
            : null;
}
