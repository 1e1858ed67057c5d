using System.Text.Json;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    private const string UncountedSetting = "follows.uncounted";
    private string _savedUncounted = "{}";

    /// <summary>Playlists whose follows came faster than is believed, most uncounted first.</summary>
    public IReadOnlyList<FollowAnomaly> Anomalies =>
        [.. Popular.Guard.Uncounted.OrderByDescending(pair => pair.Value).Select(pair => new FollowAnomaly(Catalogue.IdOf(new PlaylistIndex(pair.Key)), pair.Value))];

    /// <summary>Counts every follow of a playlist from here on: an operator has looked, and believes them.</summary>
    /// <returns>False when none was uncounted.</returns>
    public async ValueTask<bool> BelieveFollowsAsync(PlaylistId playlist, CancellationToken cancellationToken)
    {
        CheckReady();
        if (!Catalogue.TryFind(playlist, out var index) || Popular.Guard.Of(index.Value) == 0)
        {
            return false;
        }

        Popular.Guard.Set(index.Value, 0);
        Popular.OnCatalogueChanged();
        RefreshPopular();
        MarkAllWatchersDirty();
        await SaveUncountedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>With the facts, which count every follow.</summary>
    private async Task SaveUncountedAsync()
    {
        var uncounted = JsonSerializer.Serialize(Anomalies.ToDictionary(anomaly => anomaly.Playlist.Value, anomaly => anomaly.Uncounted));
        if (uncounted != _savedUncounted)
        {
            await _store.Settings.SetAsync(UncountedSetting, uncounted, CancellationToken.None).ConfigureAwait(false);
            _savedUncounted = uncounted;
        }
    }

    private async Task LoadUncountedAsync(CancellationToken cancellationToken)
    {
        _savedUncounted = await _store.Settings.GetAsync(UncountedSetting, cancellationToken).ConfigureAwait(false) ?? "{}";
        foreach (var (playlist, uncounted) in JsonSerializer.Deserialize<Dictionary<string, int>>(_savedUncounted) ?? [])
        {
            Popular.Guard.Set(Catalogue.Intern(new PlaylistId(playlist)).Value, uncounted);
        }

        Popular.BeginGuarding(() => Users.Count);
    }

    /// <summary>The names of an erased listener's playlists go with them.</summary>
    private async Task ForgetUncountedAsync(IReadOnlyList<PlaylistIndex> playlists)
    {
        foreach (var playlist in playlists)
        {
            Popular.Guard.Set(playlist.Value, 0);
        }

        await SaveUncountedAsync().ConfigureAwait(false);
    }
}
