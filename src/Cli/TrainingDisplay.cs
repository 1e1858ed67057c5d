using Buddies.Training.Als;
using Spectre.Console;

namespace Buddies.Cli;

/// <summary>Shows on stderr how far a training is, how fast it goes and how long it will take.</summary>
internal static class TrainingDisplay
{
    public static Task<T> ShowAsync<T>(Func<IProgress<TrainProgress>, IProgress<string>, Task<T>> work) =>
        ToolRunner.People.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(context =>
            {
                var display = new Display(context.AddTask("reading the log"));
                return work(display, display);
            });

    /// <summary>Synchronous, unlike <see cref="Progress{T}"/>: reports must not arrive out of order or after the end.</summary>
    private sealed class Display(ProgressTask task) : IProgress<TrainProgress>, IProgress<string>
    {
        public void Report(string value) => task.Description = Markup.Escape($"train: {value}");

        public void Report(TrainProgress value)
        {
            task.MaxValue = Math.Max(1, value.RowsInAll);
            task.Value = value.RowsDone;
            var where = value.Epoch > value.Epochs ? "listeners" : $"epoch {value.Epoch} of {value.Epochs}";
            var objective = value.Objective is { } number ? $", objective {number:N1}" : "";

            // In the description, for plain output shows no other column.
            task.Description = Markup.Escape($"train: {where}, {value.RowsPerSecond:N0} rows/s{objective}, {value.TimeLeft ?? TimeSpan.Zero:hh\\:mm\\:ss} left");
        }
    }
}
