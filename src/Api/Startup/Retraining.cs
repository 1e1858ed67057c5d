using System.Diagnostics;
using System.Globalization;
using System.Text;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Storage;

namespace Buddies.Api.Startup;

/// <summary>
/// Trains again and again in a process of its own, and hands each model to the doorman: gates, then a canary, then the
/// rules. Whatever becomes of a trainer, serving goes on; the next round begins at its time.
/// </summary>
internal sealed partial class Retraining(IDoorman doorman, BuddiesApiOptions options, TimeProvider time, ILogger<Retraining> logger)
    : IAsyncDisposable
{
    private const string Who = "retraining";

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _requested = new(0, 1);
    private Task _work = Task.CompletedTask;

    public void Start() => _work = Task.Run(RunAsync, CancellationToken.None);

    /// <summary>Asks for a round now, or after the one that is under way; more requests than one are one. Safe for concurrent use.</summary>
    public void Request()
    {
        try
        {
            _requested.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One is waiting already, or the server stops.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        _stopping.Dispose();
        _requested.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(options.RetrainEvery, time);
        try
        {
            var tick = timer.WaitForNextTickAsync(_stopping.Token).AsTask();
            var request = _requested.WaitAsync(_stopping.Token);
            while (true)
            {
                var first = await Task.WhenAny(tick, request);
                await first; // Throws when the server stops.
                if (first == request)
                {
                    LogRequested();
                    request = _requested.WaitAsync(_stopping.Token);
                }
                else
                {
                    tick = timer.WaitForNextTickAsync(_stopping.Token).AsTask();
                }

                await TryRoundAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; a trainer that was at work was ended with it.
        }
    }

    private async Task TryRoundAsync()
    {
        try
        {
            // One candidate at a time: a canary is decided before the next model comes.
            if ((await doorman.ReadAsync(_stopping.Token)).Record is not { Canary: null, Rollout: null })
            {
                LogSkipped();
                return;
            }

            if (await TrainAsync() is { } version)
            {
                await HandOverAsync(version);
            }
        }
        catch (Exception e) when (e is RecommenderUnavailableException or StoreException or IOException)
        {
            LogFailed(e.Message);
        }
    }

    /// <returns>Null when the trainer failed or was killed.</returns>
    private async Task<SnapshotVersion?> TrainAsync()
    {
        using var trainer = new Process { StartInfo = Command() };
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        trainer.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        trainer.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        trainer.Start();
        trainer.BeginOutputReadLine();
        trainer.BeginErrorReadLine();
        LogBegan(trainer.Id);
        try
        {
            await trainer.WaitForExitAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            trainer.Kill();
            throw;
        }

        var told = errors.ToString().Trim();
        if (trainer.ExitCode == 0 && int.TryParse(output.ToString().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            if (told.Length > 0)
            {
                LogTold(version, told);
            }

            return new SnapshotVersion(version);
        }

        LogTrainerFailed(trainer.ExitCode, told);
        return null;
    }

    private async Task HandOverAsync(SnapshotVersion version)
    {
        var validated = await doorman.AskAsync(new DoormanOrder(DoormanAction.Validate, version, 0, Who, ""), _stopping.Token);
        if (!validated.IsAccepted)
        {
            LogRefused(version.Value, validated.Message);
            return;
        }

        // Without a model there is nothing to compare with.
        var isFirst = (await doorman.ReadAsync(_stopping.Token)).Record.Current.Value == 0;
        var order = options.RetrainCanaryPercent > 0 && !isFirst
            ? new DoormanOrder(DoormanAction.Canary, version, options.RetrainCanaryPercent, Who, "Trained in the background.")
            : new DoormanOrder(DoormanAction.Promote, version, 0, Who, "Trained in the background.");
        var answer = await doorman.AskAsync(order, _stopping.Token);
        if (!answer.IsAccepted)
        {
            LogRefused(version.Value, answer.Message);
        }
    }

    /// <summary>This program again: through its own host where it has one, else through the host that runs it.</summary>
    private ProcessStartInfo Command()
    {
        var program = typeof(Retraining).Assembly.Location;
        var host = Environment.ProcessPath ?? "dotnet";
        var isOwnHost = Path.GetFileNameWithoutExtension(host) == Path.GetFileNameWithoutExtension(program);
        string[] arguments = [TrainerProcess.Verb, options.Store, options.DataDirectory, options.RetrainModel];
        var command = new ProcessStartInfo(host, isOwnHost ? arguments : ["exec", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (options.Connection is { } connection)
        {
            command.Environment[StoreChoice.ConnectionVariable] = connection;
        }

        return command;
    }

    [LoggerMessage(EventId = 3020, Level = LogLevel.Information, Message = "Training in the background began, process {Id}")]
    private partial void LogBegan(int id);

    [LoggerMessage(EventId = 3021, Level = LogLevel.Warning, Message = "The trainer ended with {ExitCode}: {Reason}")]
    private partial void LogTrainerFailed(int exitCode, string reason);

    [LoggerMessage(EventId = 3022, Level = LogLevel.Warning, Message = "Version {Version}, trained in the background, is not let in: {Reason}")]
    private partial void LogRefused(int version, string reason);

    [LoggerMessage(EventId = 3023, Level = LogLevel.Information, Message = "No training this time: the version before is not decided yet")]
    private partial void LogSkipped();

    [LoggerMessage(EventId = 3025, Level = LogLevel.Information, Message = "The trainer of version {Version} says: {Notes}")]
    private partial void LogTold(int version, string notes);

    [LoggerMessage(EventId = 3026, Level = LogLevel.Information, Message = "A round of training was asked for")]
    private partial void LogRequested();

    [LoggerMessage(EventId = 3024, Level = LogLevel.Warning, Message = "A round of training failed: {Reason}")]
    private partial void LogFailed(string reason);
}
