using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Embedded.Learning;

/// <summary>What a listener has chosen about Home.</summary>
/// <param name="Discovery">Between the familiar, 0, and discoveries, 1.</param>
/// <param name="Blocked">Listeners whose playlists are never shown, at most <see cref="MaxBlocked"/>.</param>
public sealed record ListenerChoice(double Discovery, IReadOnlySet<UserId> Blocked)
{
    /// <summary>The cap on blocked listeners.</summary>
    public const int MaxBlocked = 500;

    /// <summary>Of one who has chosen nothing.</summary>
    public static ListenerChoice Default { get; } = new(0.5, FrozenSet<UserId>.Empty);
}

/// <summary>The listeners' choices: read by pages from memory, written through to the store in a few rows that many share.</summary>
internal sealed class ListenerSettings(ISettingStore store) : IDisposable
{
    private const int Rows = 64;

    private readonly ConcurrentDictionary<UserId, ListenerChoice> _choices = new();
    private readonly SemaphoreSlim _writing = new(1, 1);

    public ListenerChoice Of(UserId user) => _choices.GetValueOrDefault(user) ?? ListenerChoice.Default;

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        for (var row = 0; row < Rows; row++)
        {
            if (await store.GetAsync(NameOf(row), cancellationToken).ConfigureAwait(false) is { } text)
            {
                foreach (var (user, kept) in JsonSerializer.Deserialize<Dictionary<string, Kept>>(text) ?? [])
                {
                    _choices[new UserId(user)] = new ListenerChoice(kept.Discovery, kept.Blocked.Select(id => new UserId(id)).ToFrozenSet());
                }
            }
        }
    }

    /// <summary>Durable when this returns, and in force then.</summary>
    public async Task SetAsync(UserId user, ListenerChoice choice)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            var row = RowOf(user);
            await WriteAsync(row, RowWith(row, user, choice)).ConfigureAwait(false);
            _choices[user] = choice;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Takes a listener out, from others' blocks too.</summary>
    public async Task EraseAsync(UserId user)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            var rows = new HashSet<int>();
            if (_choices.TryRemove(user, out _))
            {
                rows.Add(RowOf(user));
            }

            foreach (var (other, choice) in _choices)
            {
                if (choice.Blocked.Contains(user))
                {
                    _choices[other] = choice with { Blocked = choice.Blocked.Where(blocked => blocked != user).ToFrozenSet() };
                    rows.Add(RowOf(other));
                }
            }

            foreach (var row in rows)
            {
                await WriteAsync(row, RowWith(row, user, null)).ConfigureAwait(false);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private Dictionary<string, Kept> RowWith(int row, UserId user, ListenerChoice? choice)
    {
        var kept = _choices.Where(pair => RowOf(pair.Key) == row).ToDictionary(pair => pair.Key.Value, pair => Kept.From(pair.Value), StringComparer.Ordinal);
        if (choice is not null)
        {
            kept[user.Value] = Kept.From(choice);
        }

        return kept;
    }

    private async Task WriteAsync(int row, Dictionary<string, Kept> kept) =>
        await store.SetAsync(NameOf(row), JsonSerializer.Serialize(kept), CancellationToken.None).ConfigureAwait(false);

    private static int RowOf(UserId user) => (int)(StableHash.Of(user.Value) % Rows);

    private static string NameOf(int row) => string.Create(CultureInfo.InvariantCulture, $"home.choices.{row:00}");

    private sealed record Kept(double Discovery, string[] Blocked)
    {
        public static Kept From(ListenerChoice choice) => new(choice.Discovery, [.. choice.Blocked.Select(user => user.Value).Order(StringComparer.Ordinal)]);
    }
}
