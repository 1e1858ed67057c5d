using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Buddies.Engine.Bandits;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Judging;

namespace Buddies.Storage.Home;

/// <summary>
/// The impression logs as files: <c>shown-*.ndjson</c>, one line for each page that was sent, at once; and
/// <c>rewarded-*.ndjson</c>, one line for each of its cards once its rewards are in (<see cref="ImpressionLog"/>). One
/// task writes; whoever hands over is never held up: what comes faster than it can be written is left out and counted.
/// </summary>
/// <remarks>Lines are handed to the system at each pause, so a killed process loses a moment of them; they are not forced to the disk.</remarks>
/// <param name="folder">Where; nobody else writes there.</param>
/// <param name="options">How large the files, and how many.</param>
/// <param name="time">Names the files.</param>
/// <param name="metrics">Counts what is lost.</param>
/// <param name="onFailure">Is told, in words, why something could not be written.</param>
public sealed class ImpressionFiles(string folder, HomeOptions options, TimeProvider time, HomeMetrics metrics, Action<string> onFailure)
{
    private const int MostWaiting = 4096;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Channel<Func<ValueTask>> _work = Channel.CreateBounded<Func<ValueTask>>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly RotatedFile _shown = new(folder, "shown", options, time);
    private readonly RotatedFile _rewarded = new(folder, "rewarded", options, time);

    /// <summary>Takes note of a page that was sent.</summary>
    public void OnShown(ShownPage page) => Offer(() => WriteAsync(_shown, [JsonSerializer.Serialize(Line.Of(page), s_json)]));

    /// <summary>Takes note of a page whose rewards are in.</summary>
    public void OnRewarded(RewardedPage page) => Offer(() => WriteAsync(_rewarded, ImpressionLog.Write(page)));

    /// <summary>Takes a listener's lines out of every file, and the names of the listener's playlists out of those of others.</summary>
    /// <returns>Once they are gone.</returns>
    public async Task EraseAsync(UserId user, IReadOnlyCollection<PlaylistId> playlists)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _work.Writer.WriteAsync(async () =>
        {
            try
            {
                await _shown.EraseAsync(user, playlists).ConfigureAwait(false);
                await _rewarded.EraseAsync(user, playlists).ConfigureAwait(false);
                done.SetResult();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                done.SetException(e);
            }
        }).ConfigureAwait(false);
        await done.Task.ConfigureAwait(false);
    }

    /// <summary>Waits until all that was handed over before is written.</summary>
    public async Task SettleAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _work.Writer.WriteAsync(async () =>
        {
            await _shown.FlushAsync().ConfigureAwait(false);
            await _rewarded.FlushAsync().ConfigureAwait(false);
            done.SetResult();
        }).ConfigureAwait(false);
        await done.Task.ConfigureAwait(false);
    }

    public void Complete() => _work.Writer.TryComplete();

    /// <summary>Writes until <see cref="Complete"/>, then what is left.</summary>
    public async Task RunAsync()
    {
        while (await _work.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_work.Reader.TryRead(out var work))
            {
                try
                {
                    await work().ConfigureAwait(false);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // A full disk must not take Home down; what is missing is counted.
                    metrics.OnImpressionsLost(1);
                    onFailure(e.Message);
                }
            }

            await _shown.FlushAsync().ConfigureAwait(false);
            await _rewarded.FlushAsync().ConfigureAwait(false);
        }

        await _shown.CloseAsync().ConfigureAwait(false);
        await _rewarded.CloseAsync().ConfigureAwait(false);
    }

    private void Offer(Func<ValueTask> work)
    {
        if (!_work.Writer.TryWrite(work))
        {
            metrics.OnImpressionsLost(1);
        }
    }

    private static async ValueTask WriteAsync(RotatedFile file, IEnumerable<string> lines) => await file.WriteAsync(lines).ConfigureAwait(false);

    private sealed record Line(
        string User, long Page, long AtMs, string Policy, int PolicyVersion, int Snapshot, int Segment, PageSlice Slice, IReadOnlyList<ShelfLine> Shelves)
    {
        public static Line Of(ShownPage page) => new(
            page.User.Value, page.Sequence, page.AtMs, page.Policy, page.PolicyVersion, page.Snapshot.Value, page.Segment, page.Slice,
            [.. page.Cards.GroupBy(card => card.ShelfPosition).Select(shelf => new ShelfLine(
                shelf.First().Shelf, shelf.Key, Math.Round(shelf.First().ShelfPropensity, Digits),
                [.. shelf.Select(card => new CardLine(card.Playlist.Value, Math.Round(card.Propensity, Digits), card.CandidateSet.ToString("x16", CultureInfo.InvariantCulture)))]))]);

        /// <summary>The rewarded log has them all; here one wants to see what was shown.</summary>
        private const int Digits = 5;
    }

    private sealed record ShelfLine(string Shelf, int Position, double Propensity, IReadOnlyList<CardLine> Cards);

    /// <summary>In the order of their places.</summary>
    private sealed record CardLine(string Playlist, double Propensity, string CandidateSet);
}
