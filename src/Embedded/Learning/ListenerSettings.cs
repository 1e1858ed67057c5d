using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Embedded.Learning;

/// <summary>What a listener has chosen about Home.</summary>
/// <param name="Discovery">Between the familiar, 0, and discoveries, 1.</param>
public sealed record ListenerChoice(double Discovery)
{
    /// <summary>Of one who has chosen nothing.</summary>
    public static ListenerChoice Default { get; } = new(0.5);
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
                foreach (var (user, discovery) in JsonSerializer.Deserialize<Dictionary<string, double>>(text) ?? [])
                {
                    _choices[new UserId(user)] = new ListenerChoice(discovery);
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
            await WriteAsync(user, choice).ConfigureAwait(false);
            _choices[user] = choice;
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task EraseAsync(UserId user)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_choices.TryRemove(user, out _))
            {
                await WriteAsync(user, null).ConfigureAwait(false);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private async Task WriteAsync(UserId user, ListenerChoice? choice)
    {
        var row = RowOf(user);
        var kept = _choices.Where(pair => RowOf(pair.Key) == row).ToDictionary(pair => pair.Key.Value, pair => pair.Value.Discovery, StringComparer.Ordinal);
        if (choice is not null)
        {
            kept[user.Value] = choice.Discovery;
        }

        await store.SetAsync(NameOf(row), JsonSerializer.Serialize(kept), CancellationToken.None).ConfigureAwait(false);
    }

    private static int RowOf(UserId user) => (int)(StableHash.Of(user.Value) % Rows);

    private static string NameOf(int row) => string.Create(CultureInfo.InvariantCulture, $"home.choices.{row:00}");
}
