using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;

namespace Buddies.Storage.Privacy;

/// <summary>Puts choices together from rows of (listener, blocked listener), where null stands for being invisible.</summary>
internal sealed class PrivacyRows
{
    private readonly Dictionary<UserId, (bool IsInvisible, List<UserId> Blocked)> _found = [];

    public void Add(string user, string? blocked)
    {
        var key = new UserId(user);
        var (isInvisible, all) = _found.TryGetValue(key, out var known) ? known : (false, []);
        if (blocked is not null)
        {
            all.Add(new UserId(blocked));
        }

        _found[key] = (isInvisible || blocked is null, all);
    }

    public IReadOnlyDictionary<UserId, ListenerPrivacy> ToDictionary() =>
        _found.ToDictionary(pair => pair.Key, pair => new ListenerPrivacy(pair.Value.IsInvisible, pair.Value.Blocked));
}
