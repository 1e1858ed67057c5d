using YamlDotNet.RepresentationModel;

namespace Buddies.Api.Tests.Deployment;

/// <summary>What every overlay renders holds together, and keeps the rules of safe rollouts and least privilege.</summary>
public sealed class ManifestTests
{
    public static TheoryData<string> Overlays => Overlay.Names;

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Overlay_Renders_OneNamespaceAndNoNameTwice(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        Assert.NotEmpty(overlay.Silos);
        Assert.Single(overlay.Objects.Select(o => o.Text("metadata", "namespace")).Distinct());
        Assert.NotNull(overlay.Objects[0].Text("metadata", "namespace"));
        var names = overlay.Objects.Select(o => $"{o.Text("kind")} {o.Text("metadata", "name")}").ToArray();
        Assert.Equal(names.Distinct(), names);
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Selectors_OfEveryObject_FindTheirPods(string name)
    {
        // A canary's pods live beside production's objects.
        var overlay = await Overlay.RenderAsync(name);
        var pods = overlay.Workloads.Select(w => w.Template.Pairs("metadata", "labels")).ToArray();
        foreach (var (owner, template) in overlay.Workloads.Where(w => w.Owner.Text("kind") != "CronJob"))
        {
            AssertMatches(owner.Pairs("spec", "selector", "matchLabels"), [template.Pairs("metadata", "labels")], owner);
        }

        foreach (var service in overlay.OfKind("Service"))
        {
            AssertMatches(service.Pairs("spec", "selector"), pods, service);
        }

        var services = overlay.OfKind("Service").Select(s => s.Pairs("metadata", "labels")).ToArray();
        foreach (var monitor in overlay.OfKind("ServiceMonitor"))
        {
            AssertMatches(monitor.Pairs("spec", "selector", "matchLabels"), services, monitor);
        }

        foreach (var (owner, labels) in overlay.Objects
            .Where(o => o.Text("kind") is "PodDisruptionBudget" or "NetworkPolicy" or "Deployment")
            .SelectMany(o => new[] { "selector", "podSelector", "labelSelector" }.SelectMany(o.All).Select(selector => (o, selector.Pairs("matchLabels")))))
        {
            AssertMatches(labels, pods, owner);
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task References_ToAccountsVolumesAndTargets_AreMet(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var defined = new HashSet<string>((name == "canary" ? await Overlay.RenderAsync("production") : overlay).Objects
            .Concat(overlay.Objects).Select(o => $"{o.Text("kind")} {o.Text("metadata", "name")}"));
        foreach (var (_, template) in overlay.Workloads)
        {
            Assert.Contains($"ServiceAccount {template.Text("spec", "serviceAccountName")}", defined);
            Assert.All(template.All("claimName"), claim => Assert.Contains($"PersistentVolumeClaim {claim}", defined));
        }

        foreach (var scaler in overlay.OfKind("HorizontalPodAutoscaler"))
        {
            Assert.Contains($"{scaler.Text("spec", "scaleTargetRef", "kind")} {scaler.Text("spec", "scaleTargetRef", "name")}", defined);
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Pods_OfEveryWorkload_HaveTheLeastPrivilege(string name)
    {
        foreach (var (owner, template) in (await Overlay.RenderAsync(name)).Workloads)
        {
            var pod = template.At("spec");
            Assert.Equal("false", pod.Text("automountServiceAccountToken"));
            Assert.Equal("true", pod.Text("securityContext", "runAsNonRoot"));
            Assert.Equal("RuntimeDefault", pod.Text("securityContext", "seccompProfile", "type"));
            foreach (var container in pod.Items("containers"))
            {
                var context = container.At("securityContext");
                Assert.Equal("true", context.Text("readOnlyRootFilesystem"));
                Assert.Equal("false", context.Text("allowPrivilegeEscalation"));
                Assert.Equal(["ALL"], context.Items("capabilities", "drop").Select(c => c.ToString()));
                Assert.NotNull(container.Text("resources", "requests", "cpu"));
                Assert.NotNull(container.Text("resources", "requests", "memory"));
                Assert.NotNull(container.Text("resources", "limits", "memory"));
                Assert.True(container.Text("resources", "limits", "cpu") is null, $"{owner.Text("metadata", "name")} has a CPU limit, which throttles.");
                Assert.Matches(":[^:/]+$", container.Text("image"));
                Assert.DoesNotMatch(":latest$", container.Text("image"));
                var volumes = pod.Items("volumes").Select(v => v.Text("name")).Concat(owner.Items("spec", "volumeClaimTemplates").Select(v => v.Text("metadata", "name")));
                Assert.All(container.Items("volumeMounts"), mount => Assert.Contains(mount.Text("name"), volumes));
            }
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Silos_OfEveryOverlay_RollOutWithoutAGap(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        foreach (var deployment in overlay.OfKind("Deployment"))
        {
            Assert.Equal("0", deployment.Text("spec", "strategy", "rollingUpdate", "maxUnavailable"));
            Assert.Equal(
                ["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
                deployment.Items("spec", "template", "spec", "topologySpreadConstraints").Select(c => c.Text("topologyKey")));
        }

        if (name != "canary")
        {
            // One of each for every Deployment.
            var deployments = overlay.OfKind("Deployment").Select(d => d.Text("metadata", "name")).Order().ToArray();
            Assert.Equal(deployments, overlay.OfKind("PodDisruptionBudget").Select(b => b.Text("metadata", "name")).Order());
            Assert.Equal(deployments, overlay.OfKind("HorizontalPodAutoscaler").Select(s => s.Text("spec", "scaleTargetRef", "name")).Order());
            Assert.All(overlay.OfKind("PodDisruptionBudget"), budget => Assert.Equal("1", budget.Text("spec", "maxUnavailable")));
            Assert.All(overlay.OfKind("HorizontalPodAutoscaler"), scaler =>
                Assert.Equal(["Resource", "Pods"], scaler.Items("spec", "metrics").Select(m => m.Text("type"))));
            Assert.Equal("Forbid", Assert.Single(overlay.OfKind("CronJob")).Text("spec", "concurrencyPolicy"));
        }
    }

    private static void AssertMatches(IReadOnlyDictionary<string, string> selector, IEnumerable<IReadOnlyDictionary<string, string>> labels, YamlNode owner) => Assert.True(
        labels.Any(of => selector.All(pair => of.GetValueOrDefault(pair.Key) == pair.Value)),
        $"{owner.Text("kind")} {owner.Text("metadata", "name")} selects {string.Join(", ", selector)}, which nothing has.");
}
