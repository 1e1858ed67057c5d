using System.Text.Json;
using Buddies.Engine.Experiments;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Insights;
using Buddies.Storage.Home;

namespace Buddies.Grains;

/// <summary>How Home is decided, and what comes of it.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>How a card came to stand where it stands; null where nothing is known of it any more, or Home is fixed.</summary>
    public async ValueTask<CardStory?> WhyAsync(UserId user, string impressionId, CancellationToken cancellationToken)
    {
        CheckReady();
        return await AskAsync(ListenerOf(user).WhyAsync(impressionId).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How a listener's pages are decided; null where Home is fixed.</summary>
    public async ValueTask<ListenerStory?> StoryAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        return await AskAsync(ListenerOf(user).StoryAsync().AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets what a listener has chosen; durable and in force when it returns. False where Home is fixed.</summary>
    public async ValueTask<bool> ChooseAsync(UserId user, ListenerChoice choice, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(choice);
        CheckReady();
        return await AskAsync(ListenerOf(user).ChooseAsync(choice.Discovery).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Everything that Home keeps about a listener, on all silos; null where Home is fixed.</summary>
    public async ValueTask<HomeHoldings?> HomeHoldingsAsync(UserId user, CancellationToken cancellationToken)
    {
        if (await StoryAsync(user, cancellationToken).ConfigureAwait(false) is not { } story)
        {
            return null;
        }

        var (shown, rewarded) = await SiloFolder.ReadAsync(_options.DataDirectory, user).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new HomeHoldings(story.Choice, shown, rewarded);
    }

    /// <summary>What was counted on all silos, up to what others have not committed yet; null where Home is fixed.</summary>
    public async ValueTask<InsightReport?> InsightsAsync(DateTimeOffset from, int playlists, CancellationToken cancellationToken)
    {
        CheckReady();
        var json = await AskAsync(AnyDoor().InsightsAsync(from.ToUnixTimeMilliseconds(), playlists).AsTask(), cancellationToken).ConfigureAwait(false);
        return json is null ? null : JsonSerializer.Deserialize<InsightReport>(json);
    }

    /// <summary>Where the experiments stand, by the logs of all silos.</summary>
    public async ValueTask<IReadOnlyList<(Experiment Experiment, ExperimentReport Report)>> ExperimentsAsync(CancellationToken cancellationToken)
    {
        CheckReady();
        return await Task.Run<IReadOnlyList<(Experiment, ExperimentReport)>>(
            () => [.. (_options.Home?.Experiments ?? []).Select(experiment =>
                (experiment.Definition, ExperimentDesk.ReportOf(experiment, SiloFolder.FilesOf(_options.DataDirectory, experiment))))],
            cancellationToken).ConfigureAwait(false);
    }
}
