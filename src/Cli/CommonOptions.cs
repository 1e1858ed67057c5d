using System.CommandLine;
using Buddies.Storage;

namespace Buddies.Cli;

/// <summary>The options that every command has.</summary>
internal static class CommonOptions
{
    /// <summary>Where the tool keeps everything.</summary>
    public static readonly Option<string> Data = new("--data")
    {
        Description = "The data directory.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "./data",
        Recursive = true,
    };

    /// <summary>What kind of store.</summary>
    public static readonly Option<string> Store = NewStore();

    /// <summary>Where a PostgreSQL is.</summary>
    public static readonly Option<string?> Connection = new("--connection")
    {
        Description = $"Connection string for --store {StoreChoice.Postgres}; else the environment's {StoreChoice.ConnectionVariable}.",
        HelpName = "STRING",
        Recursive = true,
    };

    /// <summary>Whether a program reads the result.</summary>
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the result as JSON on stdout. Text for people always goes to stderr.",
        Recursive = true,
    };

    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Data);
        root.Options.Add(Store);
        root.Options.Add(Connection);
        root.Options.Add(Json);
    }

    private static Option<string> NewStore()
    {
        var option = new Option<string>("--store")
        {
            Description = "The kind of store.",
            DefaultValueFactory = _ => StoreChoice.Sqlite,
            Recursive = true,
        };
        option.AcceptOnlyFromAmong(StoreChoice.Sqlite, StoreChoice.Postgres);
        return option;
    }
}
