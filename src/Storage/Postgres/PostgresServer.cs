using System.Data;
using System.Globalization;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>The pool of connections, and what a lost connection means.</summary>
/// <remarks>
/// A connection that broke before a commit was sent has had no effect, so the work is begun once more on a new one: a
/// restart of PostgreSQL between two calls is not noticed. While it is away every call fails soon, and the first call
/// after its return works.
/// </remarks>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    public PostgresServer(string connectionString, PostgresStoreOptions options)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException e)
        {
            // The text itself may hold a password.
            throw new StoreException($"The PostgreSQL connection string cannot be read: {e.Message}");
        }

        Name = string.Create(
            CultureInfo.InvariantCulture,
            $"PostgreSQL {builder.Host}:{builder.Port}, database {builder.Database ?? builder.Username}, schema {options.Schema}");
        Schema = options.Schema;
        Complete(builder, options);
        _source = NpgsqlDataSource.Create(builder);
    }

    /// <summary>What messages call this server; without a password.</summary>
    public string Name { get; }

    public string Schema { get; }

    /// <summary>Runs reads that all see one state of the database.</summary>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var isSecond = false; ; isSecond = true)
        {
            try
            {
                await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
                var result = await read(connection, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return result;
            }
            catch (Exception e) when (!isSecond && IsBroken(e))
            {
                _source.Clear();
            }
            catch (Exception e) when (IsOurs(e))
            {
                throw Failure(e);
            }
        }
    }

    /// <summary>Runs work in one durable transaction.</summary>
    /// <param name="work">What to do; it may be begun twice. An exception from it takes everything back.</param>
    /// <param name="isExclusive">Whether no other write may run beside it.</param>
    /// <param name="cancellationToken">Cancels before the transaction; once it has begun it is carried through.</param>
    public async Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> work, bool isExclusive, CancellationToken cancellationToken)
    {
        for (var isSecond = false; ; isSecond = true)
        {
            var isCommitting = false;
            try
            {
                await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None).ConfigureAwait(false);
                await WriteLock.TakeAsync(connection, isExclusive).ConfigureAwait(false);
                var result = await work(connection).ConfigureAwait(false);
                isCommitting = true;
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                return result;
            }
            catch (Exception e) when (!isSecond && !isCommitting && IsBroken(e))
            {
                _source.Clear();
            }
            catch (Exception e) when (IsOurs(e))
            {
                throw Failure(e, isUncertain: isCommitting && IsBroken(e));
            }
        }
    }

    /// <summary>Opens a connection that the caller keeps and closes.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        for (var isSecond = false; ; isSecond = true)
        {
            NpgsqlConnection? connection = null;
            try
            {
                connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

                // One from the pool may be dead without knowing.
                await using var probe = new NpgsqlCommand("SELECT 1", connection);
                _ = await probe.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
                return connection;
            }
            catch (Exception e) when (IsOurs(e))
            {
                if (connection is not null)
                {
                    await connection.DisposeAsync().ConfigureAwait(false);
                }

                if (isSecond || !IsBroken(e))
                {
                    throw Failure(e);
                }

                _source.Clear();
            }
        }
    }

    /// <summary>What the caller is told of a failure.</summary>
    public StoreException Failure(Exception exception, bool isUncertain = false)
    {
        var reason = exception switch
        {
            PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => "another process is writing, and has not finished in the time allowed",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied => $"the role lacks a right: {denied.MessageText}",
            PostgresException error => $"{error.MessageText} ({error.SqlState})",
            _ when isUncertain => $"the connection was lost during a commit, which may have taken effect: {exception.Message}",
            _ => exception.Message,
        };
        return new StoreException($"{Name}: {reason}", exception)
        {
            IsBusy = exception is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected },
            IsUncertain = isUncertain,
        };
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Whether an exception comes from the connection or the server, not from the caller.</summary>
    public static bool IsOurs(Exception exception) =>
        exception is NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException;

    /// <summary>Whether the connection is gone, so that nobody knows what came of the last command.</summary>
    private static bool IsBroken(Exception exception) => exception is PostgresException error
        ? error.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
        : IsOurs(exception);

    private static void Complete(NpgsqlConnectionStringBuilder builder, PostgresStoreOptions options)
    {
        builder.SearchPath = options.Schema;
        builder.ApplicationName ??= "buddies";
        builder.NoResetOnClose = true; // Nothing but transactions ever changes a session here.
        builder.Enlist = false;
        if (!builder.ContainsKey("Maximum Pool Size"))
        {
            builder.MaxPoolSize = options.MaxConnections;
        }

        if (!builder.ContainsKey("Timeout"))
        {
            builder.Timeout = Math.Max(1, (int)options.ConnectTimeout.TotalSeconds);
        }

        if (!builder.ContainsKey("Max Auto Prepare"))
        {
            builder.MaxAutoPrepare = 64;
        }

        // The lock's own time-out comes first and says why.
        builder.CommandTimeout = (int)Math.Ceiling(options.BusyTimeout.TotalSeconds) + 30;

        // Whatever the server's default: what is acknowledged has reached its disk.
        builder.Options = string.Create(
            CultureInfo.InvariantCulture,
            $"{builder.Options} -c synchronous_commit=on -c lock_timeout={(long)options.BusyTimeout.TotalMilliseconds}").Trim();
    }
}
