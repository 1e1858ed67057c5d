namespace Buddies.Api.Startup;

/// <summary>The server's command line: known options become configuration; anything else is refused.</summary>
internal sealed class CommandLine
{
    private const string Usage = """
        Usage: Buddies.Api [options]

          --urls URLS              Addresses to listen on, separated by ';'; loopback only, unless there
                                   are keys. Default http://127.0.0.1:5080
          --keys FILE              Keys, one a line, read again when it changes; see: buddies keys
          --operator-urls URLS     Addresses of their own for operator calls and /metrics
          --tls-cert FILE          Certificate in PEM, for addresses that begin with https
          --tls-key FILE           Its private key in PEM. Default: in the certificate's file
          --cors-origins ORIGINS   Origins whose pages may call with a key, separated by ';'. Default none
          --data DIR               Where the data lies. Default ./data
          --store sqlite|postgres  What keeps events and state. Default sqlite: a file in DIR
          --connection STRING      Where PostgreSQL is: Host=...;Username=...;Database=...
          --retrain EVERY          Train in the background this often: 30m, 6h, 1d. Default: never
          --retrain-model NAME     What is trained so: als, factors alone, or auto, with links beside them. Default als
          --retrain-canary P       Share of listeners a new model serves first; 0 promotes at once. Default 10
          --retention-days N       Drop events older than this. Default: keep them for ever
          --erasure-days N         Remove snapshots that hold a listener erased longer ago, as soon as they
                                   do not serve; 0 for never. Default 30
          --crowd N|off            Events a second of the simulated crowd. Default 20
          --shelf-model SHELF=MODEL  What ranks a shelf of Home: blend, factors, bpr or links; may be given
                                   more than once. Default blend everywhere
          --max-body-bytes N       Longest request body. Default 8388608
          --max-live-streams N     Most live streams at one time. Default 10000
          --environment NAME       The host's environment. Default Production
          --help                   This text.

        The same from the environment: Buddies__Data, Buddies__Store, BUDDIES_CONNECTION,
        Buddies__Retrain, Buddies__RetrainModel, Buddies__RetrainCanary, Buddies__RetentionDays,
        Buddies__ErasureDays, Buddies__Crowd, Buddies__ShelfModels,
        Buddies__MaxBodyBytes, Buddies__MaxLiveStreams, Buddies__KeyFile, Buddies__Keys__0 (a line of a
        key file), Buddies__OperatorUrls, Buddies__TlsCertificate, Buddies__TlsKey, Buddies__CorsOrigins,
        Buddies__ClientRequestsPerSecond, Buddies__ClientStreams, ASPNETCORE_URLS. A connection string with a password belongs there, not on a command line.
        """;

    /// <summary>The one option that may be given more than once.</summary>
    private const string ShelfModel = "--shelf-model";

    private static readonly Dictionary<string, string> s_keys = new(StringComparer.Ordinal)
    {
        ["--urls"] = "urls",
        ["--environment"] = "environment",
        ["--keys"] = "Buddies:KeyFile",
        ["--operator-urls"] = "Buddies:OperatorUrls",
        ["--tls-cert"] = "Buddies:TlsCertificate",
        ["--tls-key"] = "Buddies:TlsKey",
        ["--cors-origins"] = "Buddies:CorsOrigins",
        ["--data"] = "Buddies:Data",
        ["--store"] = "Buddies:Store",
        ["--connection"] = "Buddies:Connection",
        ["--retrain"] = "Buddies:Retrain",
        ["--retrain-model"] = "Buddies:RetrainModel",
        ["--retrain-canary"] = "Buddies:RetrainCanary",
        ["--retention-days"] = "Buddies:RetentionDays",
        ["--erasure-days"] = "Buddies:ErasureDays",
        ["--crowd"] = "Buddies:Crowd",
        [ShelfModel] = "Buddies:ShelfModels",
        ["--max-body-bytes"] = "Buddies:MaxBodyBytes",
        ["--max-live-streams"] = "Buddies:MaxLiveStreams",
    };

    private CommandLine(string[] settings, CommandLineAnswer? answer)
    {
        Settings = settings;
        Answer = answer;
    }

    /// <summary>What the host is to be configured with, as <c>--key=value</c>.</summary>
    public string[] Settings { get; }

    /// <summary>What to print instead of starting; null to start.</summary>
    public CommandLineAnswer? Answer { get; }

    /// <summary>Reads the arguments.</summary>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var settings = new List<string>();
        var shelfModels = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] is "--help" or "-h" or "-?")
            {
                return new([], new(Usage, 0));
            }

            var (name, value) = Split(args[i]);
            if (Key(name) is not { } key)
            {
                return Refuse($"Unknown option '{name}'.");
            }

            if (value is null && (i + 1 == args.Count || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                return Refuse($"{name}: expected a value.");
            }

            value ??= args[++i];
            if (name == ShelfModel)
            {
                shelfModels.Add(value);
            }
            else
            {
                settings.Add($"--{key}={value}");
            }
        }

        if (shelfModels.Count > 0)
        {
            settings.Add($"--{s_keys[ShelfModel]}={string.Join(',', shelfModels)}");
        }

        return new([.. settings], null);
    }

    private static (string Name, string? Value) Split(string arg)
    {
        var at = arg.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (arg, null) : (arg[..at], arg[(at + 1)..]);
    }

    // Logging and Kestrel are the framework's own sections; their names carry a colon, which no mistyped option does.
    private static string? Key(string name) =>
        s_keys.GetValueOrDefault(name)
        ?? (name.StartsWith("--Logging:", StringComparison.Ordinal) || name.StartsWith("--Kestrel:", StringComparison.Ordinal)
            ? name[2..]
            : null);

    private static CommandLine Refuse(string error) =>
        new([], new($"{error}{Environment.NewLine}{Environment.NewLine}{Usage}", 2));
}

/// <summary>What the command line asks to print instead of starting.</summary>
internal sealed record CommandLineAnswer(string Text, int ExitCode)
{
    /// <summary>Prints to stdout what was asked for, to stderr what went wrong.</summary>
    public int Print()
    {
        (ExitCode == 0 ? Console.Out : Console.Error).WriteLine(Text);
        return ExitCode;
    }
}
