using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Buddies.Api.Tests.Deployment;

/// <summary>The images' recipes against the projects that they publish. Nothing here builds an image.</summary>
public sealed partial class DockerfileTests
{
    [Theory]
    [InlineData("server.Dockerfile", "Silo", null)]
    [InlineData("trainer.Dockerfile", "Cli", null)]
    [InlineData("trainer-gpu.Dockerfile", "Cli", "Training.Torch")]
    public void Recipe_OfAnImage_FitsItsProjects(string file, string project, string? loadedAtRunTime)
    {
        var recipe = Programs.Read("k8s", "images", file);
        Assert.Contains($"dotnet publish src/{project} -c Release", recipe, StringComparison.Ordinal);
        Assert.Contains($"ENTRYPOINT [\"dotnet\", \"{AssemblyOf(project)}.dll\"]", recipe, StringComparison.Ordinal);
        Assert.Contains("\nUSER 1654:1654\n", recipe, StringComparison.Ordinal);
        var projects = WithReferences(project);
        if (loadedAtRunTime is not null)
        {
            projects.UnionWith(WithReferences(loadedAtRunTime));
            Assert.Contains($"dotnet publish src/{loadedAtRunTime} -c Release --no-restore -o /published/torch", recipe, StringComparison.Ordinal);
        }

        Assert.Equal(projects.Order(), CopiedProject().Matches(recipe).Select(m => m.Groups[1].Value).Order());
        Assert.All(CopiedProject().Matches(recipe), m => Assert.Equal(m.Groups[1].Value, m.Groups[2].Value));
    }

    [Theory]
    [InlineData("server.Dockerfile")]
    [InlineData("trainer.Dockerfile")]
    [InlineData("trainer-gpu.Dockerfile")]
    public void Bases_OfAnImage_ArePinnedAndFitTheSdkThatBuildsEverything(string file)
    {
        var bases = Base().Matches(Programs.Read("k8s", "images", file)).Select(m => (Image: m.Groups[1].Value, Version: Version.Parse(m.Groups[2].Value))).ToArray();
        Assert.Equal(2, bases.Length);
        var wanted = Version.Parse(JsonDocument.Parse(Programs.Read("global.json")).RootElement.GetProperty("sdk").GetProperty("version").GetString()!);
        var sdk = Assert.Single(bases, b => b.Image == "sdk").Version;
        Assert.True(sdk >= wanted && (sdk.Major, sdk.Minor) == (wanted.Major, wanted.Minor), $"global.json asks for {wanted}, the image has {sdk}.");
        Assert.Equal((wanted.Major, wanted.Minor), (bases[1].Version.Major, bases[1].Version.Minor));
    }

    private static XDocument ProjectOf(string name) => XDocument.Load(Path.Combine(Programs.Root, "src", name, $"Buddies.{name}.csproj"));

    private static string AssemblyOf(string project) => ProjectOf(project).Descendants("AssemblyName").SingleOrDefault()?.Value ?? $"Buddies.{project}";

    private static HashSet<string> WithReferences(string project) =>
    [
        project,
        .. ProjectOf(project).Descendants("ProjectReference").SelectMany(r => WithReferences(r.Attribute("Include")!.Value.Split('/')[^2])),
    ];

    [GeneratedRegex("^COPY src/([A-Za-z.]+)/\\*\\.csproj src/([A-Za-z.]+)/$", RegexOptions.Multiline)]
    private static partial Regex CopiedProject();

    // Three numbers: a tag of two moves under the same name.
    [GeneratedRegex("^ARG \\w+=mcr\\.microsoft\\.com/dotnet/(\\w+):([0-9]+\\.[0-9]+\\.[0-9]+)-noble(?:-chiseled)?$", RegexOptions.Multiline)]
    private static partial Regex Base();
}
