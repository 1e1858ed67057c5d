using System.Diagnostics;
using System.Globalization;

namespace Buddies.Grains.Tests.Processes;

/// <summary>
/// A network of their own for silos on one machine: each in a network namespace behind a bridge, so that the way between any
/// two can be cut while both go on to reach the store by its socket file, and the test by the bridge.
/// </summary>
internal sealed class SplitNetwork : IAsyncDisposable
{
    private readonly string _name = "bud" + Random.Shared.Next(0x1000, 0xffff).ToString("x4", CultureInfo.InvariantCulture);
    private readonly string _net = string.Create(CultureInfo.InvariantCulture, $"10.213.{Random.Shared.Next(1, 255)}");
    private readonly int _count;

    private SplitNetwork(int count) => _count = count;

    /// <summary>Why there can be none; null where there can.</summary>
    public static string? WhyNot { get; } = Environment.IsPrivilegedProcess && CanAdd()
        ? null
        : "NOT TESTED: making network namespaces needs Linux, its ip program, and the rights to use it.";

    /// <param name="count">How many processes.</param>
    public static async Task<SplitNetwork> MakeAsync(int count)
    {
        var network = new SplitNetwork(count);
        try
        {
            await IpAsync($"link add {network._name} type bridge");
            await IpAsync($"addr add {network._net}.1/24 dev {network._name}");
            await IpAsync($"link set {network._name} up");
            for (var i = 0; i < count; i++)
            {
                var space = network.Space(i);
                await IpAsync($"netns add {space}");
                await IpAsync($"link add {space} type veth peer name eth0 netns {space}");
                await IpAsync($"link set {space} master {network._name} up");
                await IpAsync($"-n {space} addr add {network.Address(i)}/24 dev eth0");
                await IpAsync($"-n {space} link set eth0 up");
                await IpAsync($"-n {space} link set lo up");
            }

            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the others find a process.</summary>
    public string Address(int i) => string.Create(CultureInfo.InvariantCulture, $"{_net}.{10 + i}");

    /// <summary>What starts a program there.</summary>
    public string[] Enter(int i) => ["ip", "netns", "exec", Space(i)];

    /// <summary>From now on nothing that one sends arrives at the other, nor the other way round; nobody is told.</summary>
    public Task CutAsync(int one, int other) => BothAsync("add", one, other);

    /// <summary>What is sent from now on arrives.</summary>
    public Task MendAsync(int one, int other) => BothAsync("del", one, other);

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _count; i++)
        {
            await TryIpAsync($"netns del {Space(i)}");
        }

        await TryIpAsync($"link del {_name}");
    }

    private string Space(int i) => string.Create(CultureInfo.InvariantCulture, $"{_name}-{i}");

    private async Task BothAsync(string verb, int one, int other)
    {
        await IpAsync($"-n {Space(one)} route {verb} blackhole {Address(other)}/32");
        await IpAsync($"-n {Space(other)} route {verb} blackhole {Address(one)}/32");
    }

    private static async Task IpAsync(string arguments)
    {
        var (code, error) = await TryIpAsync(arguments);
        Assert.True(code == 0, $"ip {arguments}: {error}");
    }

    private static async Task<(int Code, string Error)> TryIpAsync(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync();
        return (ip.ExitCode, error);
    }

    private static bool CanAdd()
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("unshare", "--net ip link set lo up") { RedirectStandardError = true });
            ip!.WaitForExit();
            return ip.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A fact that needs a PostgreSQL of its own and network namespaces.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SplitNetworkFactAttribute : FactAttribute
{
    public SplitNetworkFactAttribute() => Skip = Buddies.Storage.Tests.Postgres.TestPostgres.WhyNoPrivate ?? SplitNetwork.WhyNot;
}
