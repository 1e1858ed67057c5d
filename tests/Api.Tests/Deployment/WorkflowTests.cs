using System.Text.RegularExpressions;

namespace Buddies.Api.Tests.Deployment;

/// <summary>Workflows and documents call scripts that exist, with options that these know.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Workflows { get; } =
        [.. Directory.GetFiles(Path.Combine(Programs.Root, ".github", "workflows"), "*.yml").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Workflow_EachJob_HasABoundAndCallsWhatThereIs(string file)
    {
        var workflow = YamlPaths.Documents(Programs.Read(".github", "workflows", file))[0];
        Assert.Equal("read", workflow.Text("permissions", "contents"));
        foreach (var job in workflow.Pairs("jobs").Keys.Select(name => workflow.At("jobs", name)))
        {
            Assert.NotNull(job.Text("timeout-minutes"));
            Assert.All(job.Items("steps").Select(step => step.Text("run")).OfType<string>(), AssertCalls);
            Assert.All(job.Items("steps").Select(step => step.Text("uses")).OfType<string>(), uses => Assert.Matches("@v[0-9]+$", uses));
        }
    }

    [Theory]
    [InlineData("docs", "operations.md")]
    [InlineData("docs", "capacity.md")]
    [InlineData("k8s", "README.md")]
    public void Document_Commands_AreThoseOfTheScripts(params string[] path) =>
        Assert.All(Programs.Read(path).Split('\n', '`'), AssertCalls);

    private static void AssertCalls(string line)
    {
        foreach (Match call in Call().Matches(line))
        {
            var script = call.Groups["script"].Value;
            var text = Programs.Read("k8s", "scripts", script);
            Assert.All(Option().Matches(call.Groups["rest"].Value), option => Assert.Contains($"{option.Value})", text.Replace(" | ", ") ", StringComparison.Ordinal), StringComparison.Ordinal));
        }

        if (line.Contains(".ci/", StringComparison.Ordinal))
        {
            Assert.True(File.Exists(Path.Combine(Programs.Root, ".ci", "run")), line);
        }
    }

    // Up to the next command of the line.
    [GeneratedRegex("k8s/scripts/(?<script>[a-z][a-z-]*)(?<rest>[^&|)]*)")]
    private static partial Regex Call();

    [GeneratedRegex("(?<=\\s)--[a-z-]+")]
    private static partial Regex Option();
}
