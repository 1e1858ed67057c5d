using Buddies.Storage.Postgres;
using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Postgres;

/// <summary>Segments of the log are tables, and dropping them drops tables.</summary>
public sealed class SegmentTests : IAsyncDisposable
{
    private const string Tables = """
        SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        JOIN pg_class p ON p.oid = i.inhparent WHERE p.relnamespace = current_schema()::regnamespace AND p.relkind = 'p'
        """;

    private readonly PostgresHarness _harness = new();
    private readonly ManualClock _clock = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [PostgresFact]
    public async Task Drop_OldSegments_DropsTheirTablesAndDeletesNoRow()
    {
        await using var store = await _harness.OpenAsync(_clock);
        for (var day = 0; day < 4; day++)
        {
            await store.Events.AppendAsync([.. Enumerable.Range(0, 1000).Select(i => Sample.Listen("u", $"{day}-{i}"))], default);
            _clock.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal("event_keys_1 events_1 events_2 events_3 events_4", await _harness.SqlAsync(Tables));
        await _harness.SqlAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a row was deleted'; END $$;
            CREATE TRIGGER refuse BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse();
            CREATE TRIGGER refuse BEFORE DELETE ON event_keys FOR EACH ROW EXECUTE FUNCTION refuse()
            """);

        await store.Events.DropAsync(_clock.GetUtcNow() - TimeSpan.FromDays(2), long.MaxValue, default);
        Assert.Equal("event_keys_1 event_keys_2 events_3 events_4", await _harness.SqlAsync(Tables));

        // The keys of what was dropped go with the last event that shares their table.
        await store.Events.AppendAsync([Sample.Listen("u", "new")], default);
        _clock.Advance(TimeSpan.FromDays(1));
        await store.Events.AppendAsync([Sample.Listen("u", "newer")], default);
        await store.Events.DropAsync(_clock.GetUtcNow(), long.MaxValue, default);
        Assert.Equal("event_keys_2 event_keys_3 events_6", await _harness.SqlAsync(Tables));
    }

    [PostgresFact]
    public async Task Append_FullSegment_BeginsTheNext()
    {
        await using var store = await PostgresHarness.OpenAsync(new PostgresStoreOptions { Schema = _harness.Schema, SegmentEvents = 100 });
        for (var i = 0; i < 5; i++)
        {
            await store.Events.AppendAsync([.. Enumerable.Range(0, 60).Select(j => Sample.Listen("u", $"{i}-{j}"))], default);
        }

        Assert.Equal("event_keys_1 events_1 events_2 events_3", await _harness.SqlAsync(Tables));
        Assert.Equal(300, await store.Events.CountAsync(default));
    }

    [PostgresFact]
    public async Task Drop_WhileSomebodyReads_FailsAsBusyAndHoldsNobodyUp()
    {
        await using var store = await _harness.OpenAsync(_clock);
        await store.Events.AppendAsync([Sample.Listen("u", "1")], default);
        _clock.Advance(TimeSpan.FromDays(1));
        await store.Events.AppendAsync([Sample.Listen("u", "2")], default);
        await using (var reader = new Npgsql.NpgsqlConnection(await TestPostgres.ConnectionAsync() + $";Pooling=false;Search Path={_harness.Schema}"))
        {
            await reader.OpenAsync();
            await using var transaction = await reader.BeginTransactionAsync();
            await using var read = new Npgsql.NpgsqlCommand("SELECT count(*) FROM events", reader);
            Assert.Equal(2L, await read.ExecuteScalarAsync());

            var e = await Assert.ThrowsAsync<StoreException>(async () => await store.Events.DropAsync(_clock.GetUtcNow(), long.MaxValue, default));
            Assert.True(e.IsBusy, e.Message);
        }

        Assert.Equal(1, await store.Events.DropAsync(_clock.GetUtcNow(), long.MaxValue, default));
    }
}
