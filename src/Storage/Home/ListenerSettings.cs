using System.Collections.Concurrent;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Home;

/// <summary>The choices of all listeners: read by pages from memory, written through to the store.</summary>
public sealed class ListenerSettings(ISettingStore store) : IDisposable
{
    private readonly ListenerChoices _rows = new(store);
    private readonly ConcurrentDictionary<UserId, ListenerChoice> _choices = new();
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>What a listener has chosen.</summary>
    public ListenerChoice Of(UserId user) => _choices.GetValueOrDefault(user) ?? ListenerChoice.Default;

    /// <summary>Reads everybody's.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await foreach (var (user, choice) in _rows.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            _choices[user] = choice;
        }
    }

    /// <summary>Durable when this returns, and in force then.</summary>
    public async Task SetAsync(UserId user, ListenerChoice choice)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            await _rows.WriteAsync(user, choice).ConfigureAwait(false);
            _choices[user] = choice;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Forgets what a listener has chosen.</summary>
    public async Task EraseAsync(UserId user)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_choices.TryRemove(user, out _))
            {
                await _rows.WriteAsync(user, null).ConfigureAwait(false);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();
}
