using System.CommandLine;
using Buddies.Api.Startup;
using Buddies.Cli;
using Buddies.Cli.Commands;
using Buddies.Silo;
using Buddies.Storage;
using Microsoft.Extensions.Configuration;
using YamlDotNet.RepresentationModel;

namespace Buddies.Api.Tests.Deployment;

/// <summary>Ports, probes, options, variables and secrets of the manifests are those of the programs.</summary>
public sealed class ManifestCodeTests
{
    /// <summary>Settings of the runtime itself, which no code of ours reads.</summary>
    private static readonly string[] s_runtimeVariables = ["DOTNET_EnableDiagnostics", "DOTNET_GCHeapHardLimitPercent"];

    public static TheoryData<string> Overlays => Overlay.Names;

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Silo_ItsCommandLine_IsOneThatTheProgramTakes(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        foreach (var silo in overlay.Silos)
        {
            var (cluster, options, urls) = Parse(silo);
            Assert.True(cluster.IsClustered);
            Assert.Equal(overlay.Fronts.Any() ? ClusterRole.Silo : ClusterRole.Both, cluster.Role);
            Assert.Equal("10.1.2.3", cluster.Address.ToString());
            Assert.Equal(StoreChoice.Postgres, options.Store);
            Assert.Contains(options.DataDirectory, silo.Items("volumeMounts").Select(m => m.Text("mountPath")));
            var ports = silo.Items("ports").ToDictionary(p => p.Text("name")!, p => p.Text("containerPort"));
            Assert.Equal(ports["silo"], $"{cluster.SiloPort}");
            Assert.Equal(ports["gateway"], $"{cluster.GatewayPort}");
            Assert.Equal(urls, ports.Where(p => p.Key is not ("silo" or "gateway")).Select(p => $"http://0.0.0.0:{p.Value}"));
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Front_ItsCommandLine_IsOneThatTheProgramTakes(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        Assert.Equal(name == "production-api", overlay.Fronts.Any());
        foreach (var front in overlay.Fronts)
        {
            var (cluster, options, urls) = Parse(front);
            Assert.True(cluster.IsClustered);
            Assert.Equal(ClusterRole.Api, cluster.Role);
            Assert.Equal(StoreChoice.Postgres, options.Store);
            Assert.Contains(options.DataDirectory, front.Items("volumeMounts").Select(m => m.Text("mountPath")));
            Assert.Equal(urls, front.Items("ports").Select(p => $"http://0.0.0.0:{p.Text("containerPort")}"));
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Trainer_ItsCommandLine_IsOneThatTheToolTakes(string name)
    {
        var root = new RootCommand();
        CommonOptions.AddTo(root);
        root.Add(TrainCommand.Create());
        foreach (var trainer in (await Overlay.RenderAsync(name)).Trainers)
        {
            var parsed = root.Parse([.. trainer.Items("args").Select(a => a.ToString())]);
            Assert.Empty(parsed.Errors);
            Assert.Contains(parsed.GetValue(CommonOptions.Data), trainer.Items("volumeMounts").Select(m => m.Text("mountPath")));
            Assert.Equal(StoreChoice.Postgres, parsed.GetValue(CommonOptions.Store));
        }
    }

    [Fact]
    public void TrainerOnAGpu_ItsCommandLine_IsOneThatTheToolTakes()
    {
        // No overlay takes the component, so nothing renders it.
        var patch = Programs.Read("k8s", "components", "trainer-gpu", "kustomization.yaml");
        var line = Assert.Single(patch.Split('\n'), line => line.Contains("args: [", StringComparison.Ordinal));
        var root = new RootCommand();
        CommonOptions.AddTo(root);
        root.Add(TrainCommand.Create());
        var parsed = root.Parse(line[(line.IndexOf('[', StringComparison.Ordinal) + 1)..line.LastIndexOf(']')].Split(", "));
        Assert.Empty(parsed.Errors);
        Assert.Equal(StoreChoice.Postgres, parsed.GetValue(CommonOptions.Store));
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Probes_OfEverySilo_AskEndpointsThatAnswer(string name)
    {
        await using var host = await ApiHost.StartAsync();
        var overlay = await Overlay.RenderAsync(name);
        foreach (var silo in overlay.Silos.Concat(overlay.Fronts))
        {
            foreach (var (probe, path) in new[] { ("startupProbe", "/health/live"), ("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready") })
            {
                Assert.Equal(path, silo.Text(probe, "httpGet", "path"));
                Assert.Contains(silo.Text(probe, "httpGet", "port"), silo.Items("ports").Select(p => p.Text("name")));
                Assert.Equal(200, (await host.GetAsync(path)).Status);
            }
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Monitor_OfEveryOverlay_AsksForTheMetrics(string name)
    {
        await using var host = await ApiHost.StartAsync();
        var overlay = await Overlay.RenderAsync(name);
        foreach (var endpoint in overlay.OfKind("ServiceMonitor").SelectMany(m => m.Items("spec", "endpoints")))
        {
            Assert.Equal(200, (await host.GetAsync(endpoint.Text("path")!)).Status);
            Assert.Contains(endpoint.Text("port"), overlay.OfKind("Service").SelectMany(s => s.Items("spec", "ports")).Select(p => p.Text("name")));
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Grace_OfEverySilo_OutlastsItsShutdown(string name)
    {
        foreach (var pod in (await Overlay.RenderAsync(name)).OfKind("Deployment").Select(d => d.At("spec", "template", "spec")))
        {
            var pause = TimeSpan.FromSeconds(int.Parse(pod.Items("containers")[0].Text("lifecycle", "preStop", "sleep", "seconds")!));
            var grace = TimeSpan.FromSeconds(int.Parse(pod.Text("terminationGracePeriodSeconds")!));
            Assert.True(grace > pause + new BuddiesApiOptions().ShutdownTimeout, $"{grace} is over before {pause} and the shutdown are.");
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Ports_OfServicesAndPolicies_AreThoseOfContainers(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var ports = overlay.Containers.SelectMany(c => c.Items("ports")).ToArray();
        var names = ports.Select(p => p.Text("name")).ToHashSet();
        Assert.All(overlay.OfKind("Service").SelectMany(s => s.Items("spec", "ports")), p => Assert.Contains(p.Text("targetPort"), names));
        Assert.All(overlay.OfKind("NetworkPolicy").SelectMany(p => p.Items("spec", "ingress")).SelectMany(rule => rule.Items("ports")), p => Assert.Contains(p.Text("port"), names));

        // Outwards, policies know numbers only: the silos' own, PostgreSQL, names.
        var numbers = ports.Select(p => p.Text("containerPort")).Concat(["5432", "53"]).ToHashSet();
        Assert.All(overlay.OfKind("NetworkPolicy").SelectMany(p => p.Items("spec", "egress")).SelectMany(rule => rule.Items("ports")), p => Assert.Contains(p.Text("port"), numbers));
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Variables_OfOurPrograms_AreOnesThatTheyRead(string name)
    {
        var usage = CommandLine.Parse(["--help"]).Answer!.Text;
        var overlay = await Overlay.RenderAsync(name);
        foreach (var container in overlay.Silos.Concat(overlay.Fronts).Concat(overlay.Trainers))
        {
            foreach (var variable in container.Items("env").Select(v => v.Text("name")!))
            {
                var isUsed = usage.Contains(variable, StringComparison.Ordinal)
                    || s_runtimeVariables.Contains(variable)
                    || container.Items("args").Any(a => a.ToString().Contains($"$({variable})", StringComparison.Ordinal));
                Assert.True(isUsed, $"Nothing reads {variable}.");
            }

            Assert.Contains(StoreChoice.ConnectionVariable, container.Items("env").Select(v => v.Text("name")));
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public async Task Secrets_ThatPodsName_AreThoseOfTheContract(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var contract = Programs.Read("k8s", "README.md").Split('\n')
            .Where(line => line.StartsWith("| `buddies-", StringComparison.Ordinal))
            .Select(line => line.Split('`'))
            .Select(parts => (Secret: parts[1], Key: parts[3])).ToHashSet();
        Assert.NotEmpty(contract);
        var own = overlay.OfKind("Secret").SelectMany(s => s.Pairs("data").Keys.Select(key => (s.Text("metadata", "name")!, key)));
        Assert.All(overlay.Objects.SelectMany(o => o.All("secretKeyRef")), reference =>
            Assert.Contains((reference.Text("name")!, reference.Text("key")!), contract.Concat(own)));
        Assert.All(overlay.Silos.Concat(overlay.Fronts), silo => Assert.Contains(
            silo.Items("args").Select(a => a.ToString()), a => contract.Any(c => a == $"--keys=/keys/{c.Key}")));
        Assert.All(overlay.Objects.SelectMany(o => o.All("secretName")), secret => Assert.Contains(secret.ToString(), contract.Select(c => c.Secret)));
        Assert.True(name == "development" || !overlay.OfKind("Secret").Any(), $"{name} renders a Secret, which a repository must not hold.");
    }

    private static (ClusterOptions Cluster, BuddiesApiOptions Options, IReadOnlyList<string> Urls) Parse(YamlNode silo)
    {
        var args = silo.Items("args").Select(a => a.ToString().Replace("$(POD_IP)", "10.1.2.3", StringComparison.Ordinal)).ToArray();
        var (cluster, rest) = ClusterOptions.Parse(args);
        var line = CommandLine.Parse(rest);
        Assert.True(line.Answer is null, line.Answer?.Text);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new(StoreChoice.ConnectionVariable, "Host=somewhere")])
            .AddCommandLine(line.Settings)
            .Build();
        var urls = new[] { configuration["urls"], configuration["Buddies:OperatorUrls"] }.OfType<string>();
        return (cluster, BuddiesApiOptions.From(configuration), [.. urls]);
    }
}
