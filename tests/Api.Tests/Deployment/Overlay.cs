using System.Collections.Concurrent;
using YamlDotNet.RepresentationModel;

namespace Buddies.Api.Tests.Deployment;

/// <summary>What an overlay renders to.</summary>
internal sealed class Overlay
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Overlay>>> s_rendered = new(StringComparer.Ordinal);

    private Overlay(IReadOnlyList<YamlNode> objects) => Objects = objects;

    /// <summary>Every overlay of the repository by its folder's name.</summary>
    public static TheoryData<string> Names { get; } = [.. Directory.GetDirectories(Path.Combine(Programs.Root, "k8s", "overlays")).Select(folder => Path.GetFileName(folder))];

    public IReadOnlyList<YamlNode> Objects { get; }

    /// <summary>What makes pods: each with the template of its pods.</summary>
    public IEnumerable<(YamlNode Owner, YamlNode Template)> Workloads =>
        from owner in Objects
        let template = owner.Text("kind") == "CronJob" ? owner.At("spec", "jobTemplate", "spec", "template") : owner.At("spec", "template")
        where owner.Text("kind") is "Deployment" or "StatefulSet" or "CronJob"
        select (owner, template!);

    public IEnumerable<YamlNode> Containers => Workloads.SelectMany(workload => workload.Template.Items("spec", "containers"));

    /// <summary>Containers of the images of this repository.</summary>
    public IEnumerable<YamlNode> Silos => Containers.Where(container => container.Text("name") == "silo");

    /// <summary>Clients of the cluster.</summary>
    public IEnumerable<YamlNode> Fronts => Containers.Where(container => container.Text("name") == "api");

    public IEnumerable<YamlNode> Trainers => Containers.Where(container => container.Text("name") == "trainer");

    public static Task<Overlay> RenderAsync(string name) =>
        s_rendered.GetOrAdd(name, key => new Lazy<Task<Overlay>>(() => RenderNowAsync(key))).Value;

    public IEnumerable<YamlNode> OfKind(string kind) => Objects.Where(o => o.Text("kind") == kind);

    private static async Task<Overlay> RenderNowAsync(string name)
    {
        var (code, output) = await Programs.RunAsync("kubectl", "kustomize", Path.Combine(Programs.Root, "k8s", "overlays", name));
        Assert.True(code == 0, $"kubectl kustomize {name}: {output}");
        return new Overlay(YamlPaths.Documents(output));
    }
}
