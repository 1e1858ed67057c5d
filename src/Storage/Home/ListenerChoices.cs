using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Buddies.Engine.Bandits;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Home;

/// <summary>What listeners have chosen about Home, in a few rows that many share. Several processes may write beside each other.</summary>
public sealed class ListenerChoices(ISettingStore store)
{
    private const int Rows = 64;

    /// <summary>Of everybody who has chosen something.</summary>
    public async IAsyncEnumerable<(UserId User, ListenerChoice Choice)> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var row = 0; row < Rows; row++)
        {
            foreach (var (user, discovery) in Parse(await store.GetAsync(NameOf(row), cancellationToken).ConfigureAwait(false)))
            {
                yield return (new UserId(user), new ListenerChoice(discovery));
            }
        }
    }

    /// <summary>Of one listener.</summary>
    public async ValueTask<ListenerChoice> ReadAsync(UserId user, CancellationToken cancellationToken) =>
        Parse(await store.GetAsync(NameOf(RowOf(user)), cancellationToken).ConfigureAwait(false)).TryGetValue(user.Value, out var discovery)
            ? new ListenerChoice(discovery)
            : ListenerChoice.Default;

    /// <summary>Replaces what a listener has chosen; null forgets it. Durable when this returns.</summary>
    public async Task WriteAsync(UserId user, ListenerChoice? choice)
    {
        var name = NameOf(RowOf(user));
        while (true)
        {
            var read = await store.GetAsync(name, CancellationToken.None).ConfigureAwait(false);
            var kept = Parse(read);
            if (choice is not null)
            {
                kept[user.Value] = choice.Discovery;
            }
            else if (!kept.Remove(user.Value))
            {
                return;
            }

            // Somebody else of the row may have chosen meanwhile, on another silo: then again.
            if (await store.TrySetAsync(name, read, JsonSerializer.Serialize(kept), new Dictionary<string, string>(), CancellationToken.None).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private static Dictionary<string, double> Parse(string? text) => text is null ? [] : JsonSerializer.Deserialize<Dictionary<string, double>>(text) ?? [];

    private static int RowOf(UserId user) => (int)(StableHash.Of(user.Value) % Rows);

    private static string NameOf(int row) => string.Create(CultureInfo.InvariantCulture, $"home.choices.{row:00}");
}
