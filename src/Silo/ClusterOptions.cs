using System.Globalization;
using System.Net;
using Buddies.Api.Startup;
using Buddies.Engine.Doorman;

namespace Buddies.Silo;

/// <summary>How a silo finds the others; what is left of the command line is the server's.</summary>
internal sealed class ClusterOptions
{
    /// <summary>What <c>--help</c> says before the server's own options.</summary>
    public const string Usage = """
        Usage: Buddies.Silo [options]

          --role both|silo|api     Listeners and requests, listeners alone, or requests alone: a client of the
                                   cluster, which has no silo. The last two need --cluster postgres. Default both
          --cluster local|postgres Alone, or a member of the cluster that meets in PostgreSQL. Default local
          --silo-port N            Where other silos reach this one. Default 11111
          --gateway-port N         Where clients of the cluster reach it. Default 30000
          --advertise IP           This silo's address for the others. Default 127.0.0.1
          --prepare-timeout SECONDS  How long the doorman waits for silos that do not prepare a version,
                                   before it shuts them out. The same on all silos. Default 600

        And the options of Buddies.Api, --crowd and --retrain excepted:
        """;

    /// <summary>The silo port where nothing else is said.</summary>
    public const int DefaultSiloPort = 11111;

    /// <summary>The gateway port where nothing else is said.</summary>
    public const int DefaultGatewayPort = 30000;

    /// <summary>Whether this silo is a member of a cluster that meets in PostgreSQL.</summary>
    public bool IsClustered { get; private set; }

    /// <summary>What this process does.</summary>
    public ClusterRole Role { get; private set; }

    /// <summary>Where other silos reach this one.</summary>
    public int SiloPort { get; private set; } = DefaultSiloPort;

    /// <summary>Where clients of the cluster reach it.</summary>
    public int GatewayPort { get; private set; } = DefaultGatewayPort;

    /// <summary>This silo's address for the others; loopback unless told otherwise, for the ports ask for no key.</summary>
    public IPAddress Address { get; private set; } = IPAddress.Loopback;

    /// <summary>How long a version may take to be prepared everywhere; then the silos that are silent are shut out.</summary>
    public TimeSpan PrepareTimeout { get; private set; } = new DoormanOptions().PrepareTimeout;

    /// <summary>Takes the cluster's options out of a command line.</summary>
    /// <param name="args">The whole command line.</param>
    /// <returns>The options, and what is left for the server.</returns>
    /// <exception cref="StartupRefusedException">A value is not acceptable.</exception>
    public static (ClusterOptions Options, IReadOnlyList<string> Others) Parse(IReadOnlyList<string> args)
    {
        var options = new ClusterOptions();
        var rest = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var at = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? args[i] : args[i][..at];
            if (name is not ("--role" or "--cluster" or "--silo-port" or "--gateway-port" or "--advertise" or "--prepare-timeout"))
            {
                rest.Add(args[i]);
                continue;
            }

            var value = at >= 0 ? args[i][(at + 1)..] : i + 1 < args.Count ? args[++i] : throw new StartupRefusedException($"{name}: expected a value.");
            options.Set(name, value);
        }

        if (options.Role != ClusterRole.Both && !options.IsClustered)
        {
            throw new StartupRefusedException("--role: silo and api need --cluster postgres; a silo alone is both.");
        }

        if (options.IsClustered)
        {
            rest.AddRange(["--store", Storage.StoreChoice.Postgres]);
        }

        return (options, rest);
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--role":
                Role = value switch
                {
                    "both" => ClusterRole.Both,
                    "silo" => ClusterRole.Silo,
                    "api" => ClusterRole.Api,
                    _ => throw new StartupRefusedException($"--role: expected both, silo or api, got '{value}'."),
                };
                break;
            case "--cluster":
                IsClustered = value switch
                {
                    "postgres" => true,
                    "local" => false,
                    _ => throw new StartupRefusedException($"--cluster: expected local or postgres, got '{value}'."),
                };
                break;
            case "--prepare-timeout":
                PrepareTimeout = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
                    ? TimeSpan.FromSeconds(seconds)
                    : throw new StartupRefusedException($"--prepare-timeout: expected seconds, got '{value}'.");
                break;
            case "--silo-port":
                SiloPort = Port(name, value);
                break;
            case "--gateway-port":
                GatewayPort = Port(name, value);
                break;
            default:
                Address = IPAddress.TryParse(value, out var address)
                    ? address
                    : throw new StartupRefusedException($"--advertise: expected an IP address, got '{value}'.");
                break;
        }
    }

    private static int Port(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw new StartupRefusedException($"{name}: expected a port, got '{value}'.");
}
