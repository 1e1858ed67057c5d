using Dapper;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>The right to serve a schema: an advisory lock on a connection of its own.</summary>
/// <remarks>
/// The lock dies with its connection, so a server that was killed leaves nothing behind. When PostgreSQL itself restarts the
/// lock is taken again at the next beat; whoever finds that another server was faster writes no more events.
/// </remarks>
internal sealed class ServingLock : IAsyncDisposable
{
    /// <summary>"BudS" in ASCII; the schema is the lock's second number.</summary>
    public const int LockClass = 0x42756453;

    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(250);

    // The connection of a server that was just killed may take a moment to be noticed; and after a restart of PostgreSQL the
    // server that had the lock comes first.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private const int Attempts = 5;

    private readonly PostgresServer _server;
    private readonly bool _isShared;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private NpgsqlConnection? _connection;
    private volatile bool _isLost;

    private ServingLock(PostgresServer server, bool isShared, NpgsqlConnection connection)
    {
        (_server, _isShared, _connection) = (server, isShared, connection);
        _loop = Task.Run(KeepAsync);
    }

    /// <summary>Takes the lock.</summary>
    /// <param name="server">Where.</param>
    /// <param name="isShared">Whether others who share it may have it too; nobody has it alone then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">Another server has it.</exception>
    public static async Task<ServingLock> TakeAsync(PostgresServer server, bool isShared, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await TryTakeAsync(server, isShared, cancellationToken).ConfigureAwait(false) is { } connection)
            {
                return new ServingLock(server, isShared, connection);
            }

            if (attempt == Attempts)
            {
                throw Taken(server);
            }

            await Task.Delay(s_patience, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Throws where another server has taken the lock meanwhile.</summary>
    public void Check()
    {
        if (_isLost)
        {
            throw Taken(_server);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        if (_connection is not null)
        {
            await ReleaseAsync(_connection).ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    private static StoreException Taken(PostgresServer server) => new($"{server.Name}: Another server serves this schema; there can be one at a time.");

    private static async Task<NpgsqlConnection?> TryTakeAsync(PostgresServer server, bool isShared, CancellationToken cancellationToken)
    {
        var connection = await server.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await connection.ExecuteScalarAsync<bool>(
                isShared
                    ? "SELECT pg_try_advisory_lock_shared(@LockClass, hashtext(@Schema))"
                    : "SELECT pg_try_advisory_lock(@LockClass, hashtext(@Schema))",
                new { LockClass, server.Schema }).ConfigureAwait(false))
            {
                return connection;
            }
        }
        catch (Exception e) when (PostgresServer.IsOurs(e))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw server.Failure(e);
        }

        await connection.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    private static async Task ReleaseAsync(NpgsqlConnection connection)
    {
        try
        {
            _ = await connection.ExecuteAsync("SELECT pg_advisory_unlock_all()").ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresServer.IsOurs(e))
        {
            // The connection is gone, and the lock with it.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task KeepAsync()
    {
        using var timer = new PeriodicTimer(s_beat);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                await KeepOnceAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task KeepOnceAsync()
    {
        try
        {
            if (_connection is { } connection)
            {
                _ = await connection.ExecuteScalarAsync<int>("SELECT 1").ConfigureAwait(false);
                return;
            }
        }
        catch (Exception e) when (PostgresServer.IsOurs(e))
        {
            // The lock is gone with the connection.
            await _connection!.DisposeAsync().ConfigureAwait(false);
            _connection = null;
        }

        try
        {
            _connection = await TryTakeAsync(_server, _isShared, _stopping.Token).ConfigureAwait(false);
            _isLost = _connection is null;
        }
        catch (StoreException)
        {
            // Writes fail by themselves while PostgreSQL is away.
        }
    }
}
