using System.Text;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Postgres;

/// <summary>Erasure, judged by every row of every table, as text and as bytes.</summary>
public sealed class ErasedRowsTests : IAsyncDisposable
{
    private readonly PostgresHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [PostgresFact]
    public async Task Erase_AUserInEveryTable_LeavesNoRowThatHoldsTheId()
    {
        var (user, other) = (new UserId("trace-of-ann"), new UserId("stays-bob"));
        await using var store = await _harness.OpenAsync(new ManualClock());
        foreach (var who in new[] { user, other })
        {
            var id = who.Value;
            await store.Events.AppendAsync([Sample.Listen(id, $"e-{id}", "t", $"list-{id}") with { Context = $$"""{"of":"{{id}}"}""" }], default);
            await store.Checkpoints.SaveAsync([new UserCheckpoint(who, Encoding.UTF8.GetBytes(id), 1)], default);
            await store.Catalogue.UpsertPlaylistsAsync([Sample.Playlist($"list-{id}", id, "t")], default);
        }

        await store.Privacy.SaveAsync(user, new ListenerPrivacy(true, [other]), default);
        await store.Privacy.SaveAsync(other, new ListenerPrivacy(true, [user]), default);
        Assert.NotEqual(0L, await RowsWithAsync(user));

        await store.EraseAsync(user, default);

        Assert.Equal(0L, await RowsWithAsync(user));
        Assert.NotEqual(0L, await RowsWithAsync(other));
    }

    private async Task<object?> RowsWithAsync(UserId user) => await _harness.SqlAsync($"""
        SELECT count(*) FROM information_schema.tables t,
            LATERAL (SELECT query_to_xml(format('SELECT r::text FROM %I r', t.table_name), true, false, '')::text AS rows) x
        WHERE t.table_schema = current_schema()
            AND (x.rows LIKE '%{user.Value}%' OR x.rows LIKE '%{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(user.Value))}%')
        """);
}
