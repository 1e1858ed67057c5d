using Buddies.Embedded.Versions;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Embedded;

/// <summary>
/// Which model version a piece of work uses. The plan is taken once for each piece, so nothing mixes versions; and since a
/// listener's pieces follow each other here, no listener sees an older plan after a newer one.
/// </summary>
internal sealed partial class Partition
{
    /// <summary>Folding in for versions that serve nobody yet goes on for so long at one time: what a request may have to wait.</summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(0.5);

    private ServingPlan _plan = ServingPlan.Empty;

    /// <summary>Lets go of every version; nothing may be asked of the partition afterwards.</summary>
    public void LeaveVersions()
    {
        foreach (var version in _plan.All)
        {
            version.Release();
        }

        _plan = ServingPlan.Empty;
    }

    /// <summary>Folds listeners' facts into a version that is being prepared, until the slice is used up.</summary>
    /// <param name="version">The version.</param>
    /// <param name="listeners">Listeners of this partition.</param>
    /// <param name="from">The first who is to be folded in.</param>
    /// <returns>The first who is still to be folded in, and how long it took.</returns>
    public (int Next, TimeSpan Work) FoldIn(ServedVersion version, IReadOnlyList<UserState> listeners, int from)
    {
        var start = _time.GetTimestamp();
        var unit = new float[version.Model.Dimension];
        var next = _plan.All.Contains(version) ? from : listeners.Count; // Given up meanwhile.
        while (next < listeners.Count)
        {
            var state = listeners[next++];
            if (!state.IsErased)
            {
                FoldIn(state, version, unit);
            }

            if (_time.GetElapsedTime(start) >= s_slice)
            {
                break;
            }
        }

        return (next, _time.GetElapsedTime(start));
    }

    /// <summary>Folds in those who listened meanwhile, a slice at a time; the rest goes behind whatever waits in the inbox.</summary>
    public void FoldInBehind(ServedVersion version)
    {
        var behind = version.Behind[_number];
        behind.IsPosted = false;
        if (!_plan.All.Contains(version))
        {
            return;
        }

        var start = _time.GetTimestamp();
        var unit = new float[version.Model.Dimension];
        while (behind.Take() is { } state)
        {
            if (!state.IsErased)
            {
                FoldIn(state, version, unit);
                _runtime.Metrics.OnFoldedAgain();
            }

            if (_time.GetElapsedTime(start) >= s_slice)
            {
                break;
            }
        }

        PostBehind(version);
    }

    /// <summary>Sees to it that those who are behind in a version are folded in.</summary>
    public void PostBehind(ServedVersion version)
    {
        var behind = version.Behind[_number];
        if (behind.Count > 0 && !behind.IsPosted)
        {
            behind.IsPosted = TryPost(p => p.FoldInBehind(version));
        }
    }

    /// <summary>The listeners who were asked for and are served by another version than this one.</summary>
    public List<UserState> AskedBut(ServedVersion version) => [.. _askedOrder.Where(state => VersionOf(state) != version)];

    /// <summary>Makes buddy sets in a version before it serves those listeners, until the slice is used up.</summary>
    /// <returns>The first who is still to get one, and how long it took.</returns>
    public (int Next, TimeSpan Work) WarmSets(ServedVersion version, IReadOnlyList<UserState> listeners, int from)
    {
        var start = _time.GetTimestamp();
        var next = _plan.All.Contains(version) ? from : listeners.Count;
        while (next < listeners.Count)
        {
            var state = listeners[next++];
            if (!state.IsErased && state.Attention is { AskedNode: not null })
            {
                TryActivate(state, version);
            }

            if (_time.GetElapsedTime(start) >= s_slice)
            {
                break;
            }
        }

        return (next, _time.GetElapsedTime(start));
    }

    private static bool TryActivate(UserState state, ServedVersion version) => version.Cells.TryActivate(state.Index.Value);

    /// <summary>Takes the plan of this moment, and keeps its versions until a later one is taken.</summary>
    private void TakePlan()
    {
        var plan = _runtime.Plan;
        if (plan == _plan)
        {
            return;
        }

        var former = _plan;
        foreach (var version in plan.All.Except(former.All))
        {
            // The runtime lets go of a version only when every partition has taken a plan without it.
            _ = version.TryAcquire();
        }

        _plan = plan;
        RebindAll();
        foreach (var version in former.All.Except(plan.All))
        {
            version.Release();
        }

        foreach (var version in plan.Serving)
        {
            PostBehind(version);
        }
    }

    /// <summary>What is kept of listeners must not point into a version that is about to go.</summary>
    private void RebindAll()
    {
        foreach (var state in _liveOrder)
        {
            Bind(state.Attention!, VersionOf(state));
        }

        foreach (var state in _askedOrder)
        {
            Bind(state.Attention!, VersionOf(state));
        }
    }

    /// <summary>Forgets what was made with another version. Numbers go on.</summary>
    private static void Bind(Attention attention, ServedVersion? version)
    {
        if (attention.Version == version)
        {
            return;
        }

        attention.Version = version;
        (attention.Live, attention.Unit, attention.Buddies) = (null, null, null);
        (attention.HasSet, attention.SeenCount) = (false, 0);
        attention.Pages.Clear();
    }

    private ServedVersion? VersionOf(UserState state) => _plan.Of(state.Id);

    /// <summary>The version that serves a listener, with the listener's vector as of the last event.</summary>
    private ServedVersion? FreshVersionOf(UserState state)
    {
        var version = VersionOf(state);
        if (version is not null && version.Behind[_number].Remove(state))
        {
            FoldIn(state, version, new float[version.Model.Dimension]);
        }

        return version;
    }

    /// <summary>Takes note that a listener has listened, for every version that does not serve it.</summary>
    private void NoteBehind(UserState state, ServedVersion? served)
    {
        foreach (var version in _plan.All)
        {
            if (version != served)
            {
                version.Behind[_number].Add(state);
            }
        }
    }

    /// <summary>Vector = fold-in of the facts; the snapshot's own where nothing was heard since its watermark.</summary>
    private void FoldIn(UserState state, ServedVersion version, float[] unit)
    {
        if (!version.TryCopyTrained(state, unit))
        {
            LiveTaste.Derive(state.Facts, version.Model, Scratch(version.Model), unit);
        }

        VectorKernels.Normalize(unit);
        Place(state, unit, version);
    }
}
