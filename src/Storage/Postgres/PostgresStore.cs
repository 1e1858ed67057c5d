using Buddies.Engine.Identifiers;
using Buddies.Storage.Privacy;

namespace Buddies.Storage.Postgres;

/// <summary>The store in one schema of a PostgreSQL database, version 15 or later.</summary>
/// <remarks>
/// Whatever has been acknowledged has reached the server's disk (<c>synchronous_commit=on</c>). When the server goes away
/// calls fail with <see cref="StoreException"/>, and work again once it is back. While an import is open all other writes
/// wait for it, for <see cref="PostgresStoreOptions.BusyTimeout"/>. Reads never wait.
/// </remarks>
public sealed class PostgresStore : IStore
{
    /// <summary>The first number of the advisory lock that whoever serves a schema holds; the second is <c>hashtext</c> of the schema.</summary>
    public const int ServingLockClass = ServingLock.LockClass;

    private readonly PostgresServer _server;
    private readonly PostgresStoreOptions _options;
    private readonly PostgresEventLog _events;
    private readonly PostgresErasure _erasure;
    private PostgresImportSession? _import;
    private int _disposed;

    private PostgresStore(PostgresServer server, PostgresStoreOptions options)
    {
        (_server, _options) = (server, options);
        _erasure = new PostgresErasure(server, options.Clock);
        _events = new PostgresEventLog(server, options);
        Checkpoints = new PostgresCheckpointStore(server, options);
        Catalogue = new PostgresCatalogueStore(server, options);
        Models = new PostgresModelRegistry(server, options.Clock);
        Doorman = new PostgresDoormanStore(server);
        Friendships = new PostgresFriendshipStore(server, options.ReadPageRows);
        Settings = new PostgresSettingStore(server);
        Privacy = new PostgresPrivacyStore(server, options);
    }

    /// <inheritdoc/>
    public IEventLog Events => _events;

    /// <inheritdoc/>
    public ICheckpointStore Checkpoints { get; }

    /// <inheritdoc/>
    public ICatalogueStore Catalogue { get; }

    /// <inheritdoc/>
    public IModelRegistry Models { get; }

    /// <inheritdoc/>
    public IDoormanStore Doorman { get; }

    /// <inheritdoc/>
    public IFriendshipStore Friendships { get; }

    /// <inheritdoc/>
    public ISettingStore Settings { get; }

    /// <inheritdoc/>
    public IPrivacyStore Privacy { get; }

    /// <summary>Connects, and brings the schema up to date; safe from several nodes at once.</summary>
    /// <param name="connectionString">As Npgsql reads it: <c>Host=…;Username=…;Database=…</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">
    /// The server cannot be reached, the schema is newer than this program, or it is older and the role may not change it.
    /// </exception>
    public static async Task<PostgresStore> OpenAsync(
        string connectionString,
        PostgresStoreOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        options ??= new PostgresStoreOptions();
        var server = new PostgresServer(connectionString, options);
        try
        {
            await PostgresMigrator.RunAsync(server, PostgresMigrations.All, cancellationToken).ConfigureAwait(false);
            return new PostgresStore(server, options);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IImportSession> BeginImportAsync(string source, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        return _import = await PostgresImportSession.BeginAsync(_server, _options, source, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EraseAsync(UserId user, CancellationToken cancellationToken) =>
        await _erasure.EraseAsync(user, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<bool> WasErasedAsync(UserId user, CancellationToken cancellationToken) =>
        await _erasure.WasErasedAsync(user, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<ErasedListeners> ErasedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        new(await _erasure.ErasedSinceAsync(since, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable?> TakeServingAsync(CancellationToken cancellationToken) =>
        _events.Serving = await ServingLock.TakeAsync(_server, isShared: false, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable?> ShareServingAsync(CancellationToken cancellationToken) =>
        _events.Serving = await ServingLock.TakeAsync(_server, isShared: true, cancellationToken).ConfigureAwait(false);

    /// <summary>Takes an open import back, writes the appends that wait, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_import is { } import)
        {
            await import.DisposeAsync().ConfigureAwait(false);
        }

        await _events.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }
}
