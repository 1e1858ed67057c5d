using System.Collections.Concurrent;
using System.Collections.Immutable;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Privacy;

/// <summary>Who may be shown to whom, by what listeners chose. Reading takes no lock.</summary>
public sealed class Visibility
{
    private readonly ConcurrentDictionary<UserId, ListenerPrivacy> _chosen = [];

    /// <summary>Both ways: who blocks somebody does not see them either.</summary>
    private readonly ConcurrentDictionary<UserId, ImmutableHashSet<UserId>> _apart = [];
    private readonly Lock _changing = new();
    private volatile ImmutableHashSet<UserId> _invisible = [];

    /// <summary>What a listener chose.</summary>
    public ListenerPrivacy Of(UserId user) => _chosen.GetValueOrDefault(user, ListenerPrivacy.Default);

    /// <summary>Whether a listener is recommended to nobody.</summary>
    public bool IsInvisible(UserId user) => _invisible.Contains(user);

    /// <summary>Whether one of two listeners has blocked the other.</summary>
    public bool AreApart(UserId one, UserId other) => _apart.TryGetValue(one, out var apart) && apart.Contains(other);

    /// <summary>Whether a listener is not to be shown to a viewer.</summary>
    public bool IsHidden(UserId viewer, UserId other) => IsInvisible(other) || AreApart(viewer, other);

    /// <summary>Everybody who is not to be shown to a viewer.</summary>
    public IReadOnlySet<UserId> HiddenFrom(UserId viewer) =>
        _apart.TryGetValue(viewer, out var apart) ? _invisible.Union(apart) : _invisible;

    /// <summary>Takes a listener's choices.</summary>
    public void Set(UserId user, ListenerPrivacy privacy)
    {
        ArgumentNullException.ThrowIfNull(privacy);
        lock (_changing)
        {
            var former = Of(user);
            _chosen[user] = privacy;
            if (privacy.IsDefault)
            {
                _ = _chosen.TryRemove(user, out _);
            }

            foreach (var other in former.Blocked.Except(privacy.Blocked).Where(other => !Of(other).Blocked.Contains(user)))
            {
                Join(user, other);
                Join(other, user);
            }

            foreach (var other in privacy.Blocked)
            {
                Part(user, other);
                Part(other, user);
            }

            _invisible = privacy.IsInvisible ? _invisible.Add(user) : _invisible.Remove(user);
        }
    }

    /// <summary>Takes everybody's choices as they stand; who is not among them has chosen nothing.</summary>
    /// <returns>Whether anything is different from before.</returns>
    public bool Replace(IReadOnlyDictionary<UserId, ListenerPrivacy> chosen)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        lock (_changing)
        {
            var changed = chosen.Where(pair => !IsSame(Of(pair.Key), pair.Value)).ToArray();
            var gone = _chosen.Keys.Where(user => !chosen.ContainsKey(user)).ToArray();
            foreach (var (user, privacy) in changed)
            {
                Set(user, privacy);
            }

            foreach (var user in gone)
            {
                Set(user, ListenerPrivacy.Default);
            }

            return changed.Length + gone.Length > 0;
        }
    }

    /// <summary>Forgets a listener: their choices, and them in others'.</summary>
    public void Forget(UserId user)
    {
        lock (_changing)
        {
            Set(user, ListenerPrivacy.Default);
            foreach (var other in _apart.GetValueOrDefault(user, []))
            {
                Set(other, Of(other) with { Blocked = [.. Of(other).Blocked.Where(blocked => blocked != user)] });
            }
        }
    }

    private static bool IsSame(ListenerPrivacy one, ListenerPrivacy other) =>
        one.IsInvisible == other.IsInvisible && one.Blocked.ToHashSet().SetEquals(other.Blocked);

    private void Part(UserId user, UserId from) => _apart.AddOrUpdate(user, [from], (_, apart) => apart.Add(from));

    private void Join(UserId user, UserId with)
    {
        if (_apart.TryGetValue(user, out var apart))
        {
            _apart[user] = apart = apart.Remove(with);
            if (apart.IsEmpty)
            {
                _ = _apart.TryRemove(user, out _);
            }
        }
    }
}
