using System.Text.Json;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Grains.World;

/// <summary>Follows that came faster than is believed. Each silo counts by itself, as it hears of them; one of them saves for all.</summary>
internal sealed partial class SiloWorld
{
    /// <summary>Written by the runtime of one process too.</summary>
    private const string UncountedSetting = "follows.uncounted";

    private string _savedUncounted = "{}";

    /// <summary>Most uncounted first.</summary>
    public IReadOnlyList<FollowAnomaly> Anomalies =>
        [.. Popular.Guard.Uncounted.OrderByDescending(pair => pair.Value).Select(pair => new FollowAnomaly(Catalogue.IdOf(new PlaylistIndex(pair.Key)), pair.Value))];

    /// <summary>Saves them where they have changed since this silo saved or loaded them.</summary>
    /// <param name="always">Saves them even so: another silo may have written others.</param>
    /// <param name="cancellationToken">Cancels before the effect.</param>
    public async Task SaveUncountedAsync(bool always, CancellationToken cancellationToken)
    {
        var uncounted = JsonSerializer.Serialize(Anomalies.ToDictionary(anomaly => anomaly.Playlist.Value, anomaly => anomaly.Uncounted));
        if (always || uncounted != _savedUncounted)
        {
            await Store.Settings.SetAsync(UncountedSetting, uncounted, cancellationToken).ConfigureAwait(false);
            _savedUncounted = uncounted;
        }
    }

    private async Task LoadUncountedAsync(CancellationToken cancellationToken)
    {
        _savedUncounted = await Store.Settings.GetAsync(UncountedSetting, cancellationToken).ConfigureAwait(false) ?? "{}";
        foreach (var (playlist, uncounted) in JsonSerializer.Deserialize<Dictionary<string, int>>(_savedUncounted) ?? [])
        {
            Popular.Guard.Set(Catalogue.Intern(new PlaylistId(playlist)).Value, uncounted);
        }

        Popular.BeginGuarding(() => Users.Count);
    }
}
