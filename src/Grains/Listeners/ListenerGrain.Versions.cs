using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Grains.Versions;

namespace Buddies.Grains.Listeners;

/// <summary>Which model version this listener is on: taken once for each piece of work that awaits nothing.</summary>
/// <remarks>
/// Since pieces of work follow each other on the grain's turn, nobody gets an older version after a newer one from the same
/// activation, and nothing mixes versions.
/// </remarks>
internal sealed partial class ListenerGrain
{
    private SiloVersion? _version;
    private LiveTaste? _live;
    private float[] _unit = [];
    private bool _hasSet;

    /// <summary>Whether the other silos have been sent a vector of this version; until then they may not know where this listener stands in it.</summary>
    private bool _isAnnounced;

    public ValueTask<Move?> StandAsync(int version)
    {
        var asked = world.Plan.All.FirstOrDefault(one => one.Number.Value == version);
        if (_facts.EventCount == 0 || asked?.TryAcquire() != true)
        {
            return new((Move?)null);
        }

        using var lease = new VersionLease(asked);
        return new(new Move(User.Value, _offset, SiloVectorOf(asked), [], []));
    }

    private float[] SiloVectorOf(SiloVersion version) => version == _version ? _unit : World.SiloWorld.Derive(_facts, version.Model);

    private static SnapshotVersion VersionOf(VersionLease lease) => lease.Version?.Number ?? default;

    /// <summary>Takes the version that serves this listener now; where it is another one than before, everything is derived again.</summary>
    private VersionLease Take()
    {
        var lease = world.Take(User);
        if (lease.Version != _version || (_resident is null && _facts.EventCount > 0))
        {
            LetGoOfSet();
            (_version, _live, _isAnnounced) = (lease.Version, null, false);
            _unit = lease.Version is { } version && _facts.EventCount > 0 ? World.SiloWorld.Derive(_facts, version.Model) : [];
            _resident = _facts.EventCount > 0 ? world.Place(lease.Version, User.Value, _offset, _unit) : null;
        }

        return lease;
    }

    private LiveTaste? LiveTasteOf(VersionLease lease) => _live ??= lease.Version is { } version ? new LiveTaste(_facts, version.Model) : null;

    /// <returns>False for a listener who is not in the cells.</returns>
    private bool SeeToSet(VersionLease lease)
    {
        if (_resident is not { } resident || lease.Version is not { } version || !version.Cells.IsResident(resident.Index))
        {
            return false;
        }

        version.Cells.Activate(resident.Index);
        _hasSet = true;
        return true;
    }

    private void LetGoOfSet()
    {
        if (_hasSet && _resident is { } resident && _version?.TryAcquire() == true)
        {
            _version.Cells.Deactivate(resident.Index);
            _version.Release();
        }

        _hasSet = false;
    }
}
