using System.Diagnostics;
using Buddies.Training.Import;
using Spectre.Console;

namespace Buddies.Cli;

/// <summary>Shows on stderr how far the work is, how fast it goes and how long it will take.</summary>
internal static class WorkProgress
{
    public static Task<T> ShowAsync<T>(string what, Func<IProgress<ImportProgress>, Task<T>> work) =>
        ToolRunner.People.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(context => work(new Display(what, context.AddTask(Markup.Escape(what)))));

    /// <summary>Synchronous, unlike <see cref="Progress{T}"/>: reports must not arrive out of order or after the end.</summary>
    private sealed class Display(string what, ProgressTask task) : IProgress<ImportProgress>
    {
        private readonly long _started = Stopwatch.GetTimestamp();

        public void Report(ImportProgress value)
        {
            var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
            task.MaxValue = Math.Max(1, value.BytesTotal);
            task.Value = value.BytesDone;
            var left = TimeSpan.FromSeconds(seconds * Math.Max(0, value.BytesTotal - value.BytesDone) / Math.Max(1, value.BytesDone));

            // In the description, for plain output shows no other column.
            task.Description = Markup.Escape($"{what}: {value.Rows:N0} rows, {value.Rows / Math.Max(seconds, 0.001):N0}/s, {left:hh\\:mm\\:ss} left");
        }
    }
}
