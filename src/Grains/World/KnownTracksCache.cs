using System.Collections.Concurrent;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Grains.Placement;

namespace Buddies.Grains.World;

/// <summary>
/// What other listeners are known to like, fetched from their owners when a page needs it: one question a silo. Whoever
/// listens is fetched anew.
/// </summary>
internal sealed class KnownTracksCache(SiloWorld world, SiloMembers members, IGrainFactory grains)
{
    /// <summary>A page waits no longer than this for what others know.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Who did not answer in time is not asked again for so long: a page must not wait for a silo that is cut off.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<SiloAddress, long> _silentSince = [];

    /// <summary>Sees to it that everybody's known tracks are here; those of a silo that does not answer are missing.</summary>
    public async ValueTask FetchAsync(IReadOnlyList<NearListener> listeners)
    {
        List<Resident>? missing = null;
        foreach (var near in listeners)
        {
            if (world.Users.Find(near.Index.Value) is { Known: null } resident)
            {
                (missing ??= []).Add(resident);
            }
        }

        if (missing is not null)
        {
            await FetchAsync(missing).ConfigureAwait(false);
        }
    }

    /// <summary>Fetches listeners' known tracks from their owners.</summary>
    public async Task FetchAsync(IReadOnlyCollection<Resident> missing)
    {
        var active = members.Active;
        await Task.WhenAll(missing.GroupBy(resident => Owners.Of(resident.Id.Value, active))
            .Select(of => FetchAsync(of.Key, [.. of]))).ConfigureAwait(false);
    }

    /// <summary>How many two ascending lists have in common.</summary>
    public static int CountShared(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        var (count, i, j) = (0, 0, 0);
        while (i < left.Length && j < right.Length)
        {
            var order = left[i].CompareTo(right[j]);
            count += order == 0 ? 1 : 0;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return count;
    }

    private async Task FetchAsync(SiloAddress silo, Resident[] residents)
    {
        if (_silentSince.TryGetValue(silo, out var since) && world.Time.GetElapsedTime(since) < s_pause)
        {
            return;
        }

        try
        {
            var known = await grains.GetGrain<ISiloDoor>(silo.ToParsableString())
                .KnownTracksAsync([.. residents.Select(r => r.Id)]).AsTask().WaitAsync(s_patience, world.Time).ConfigureAwait(false);
            _ = _silentSince.TryRemove(silo, out _);
            for (var i = 0; i < residents.Length; i++)
            {
                var tracks = Array.ConvertAll(known[i].Tracks, id => world.Catalogue.Intern(new TrackId(id)).Value);
                Array.Sort(tracks);
                (residents[i].Known, residents[i].TrackCount) = (tracks, known[i].TrackCount);
            }
        }
        catch (Exception e) when (ClusterFailures.IsPassing(e))
        {
            // A page with fewer reasons is better than none; a later page asks again.
            if (e is TimeoutException)
            {
                _silentSince[silo] = world.Time.GetTimestamp();
            }
        }
    }
}
