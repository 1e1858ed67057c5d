using System.CommandLine;
using Buddies.Training.Devices;

namespace Buddies.Cli.Devices;

/// <summary>What computes: the options of every command that trains by ALS or BPR.</summary>
internal static class DeviceOptionSet
{
    private const string Processors = "processors";
    private const string Torch = "torch";

    private static readonly Option<string> s_trainer = CreateTrainer();

    private static readonly Option<string> s_device = new("--device")
    {
        Description = $"With --trainer {Torch}: auto, cpu, cuda or cuda:N; auto takes a GPU where there is one.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<string> s_precision = CreatePrecision();

    private static readonly Option<string?> s_path = new("--torch")
    {
        Description = $"With --trainer {Torch}: where Buddies.Training.Torch.dll is, when it is neither in the folder torch beside the tool nor built in the sources.",
        HelpName = "PATH",
    };

    public static void AddTo(Command command)
    {
        Option[] options = [s_trainer, s_device, s_precision, s_path];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Opens what the command line names.</summary>
    /// <returns>Null for the processors; else the caller's to dispose of.</returns>
    /// <exception cref="UsageException">A name is unknown, an option has no meaning here, or the assembly is not found.</exception>
    public static ITrainingDevice? Open(ParseResult parsed)
    {
        if (parsed.GetRequiredValue(s_trainer) == Processors)
        {
            Option[] others = [s_device, s_precision, s_path];
            return others.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } meaningless
                ? throw new UsageException($"{meaningless.Name} needs --trainer {Torch}.")
                : null;
        }

        try
        {
            var device = DeviceAssembly.Load(DeviceLocation.Find(parsed.GetValue(s_path))).Open(parsed.GetRequiredValue(s_device), parsed.GetRequiredValue(s_precision));
            ToolRunner.Note($"Computes on {device.Name}.");
            return device;
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"{s_device.Name}: {e.Message}");
        }
    }

    private static Option<string> CreateTrainer()
    {
        var option = new Option<string>("--trainer")
        {
            Description = "What computes: this tool's own kernels on the processors, or libtorch on a GPU or the processors.",
            DefaultValueFactory = _ => Processors,
        };
        option.AcceptOnlyFromAmong(Processors, Torch);
        return option;
    }

    private static Option<string> CreatePrecision()
    {
        var option = new Option<string>("--precision")
        {
            Description = $"With --trainer {Torch}: of the equations of ALS. Single is faster on most GPUs, and equal to the processors' result to 1e-2 instead of 1e-4.",
            DefaultValueFactory = _ => "double",
        };
        option.AcceptOnlyFromAmong("double", "single");
        return option;
    }
}
