using System.Security.Cryptography;
using Buddies.Api.Startup;
using Buddies.Storage.Keys;

namespace Buddies.Api.Security;

/// <summary>The keys as of now: those of the configuration, those of the file, and what was revoked since.</summary>
/// <remarks>
/// The file is read again when its bytes have changed, looked at by content and not by notification, so that a mounted secret that is
/// exchanged by a link counts as a change too. A file that is gone or broken leaves the former keys in force.
/// </remarks>
internal sealed partial class KeyRing : IDisposable
{
    private readonly SecurityOptions _options;
    private readonly RevokedTokens _tokens;
    private readonly ILogger<KeyRing> _logger;
    private readonly SigningSecret _ownSecret = new(AccessKeyText.NewId(), RandomNumberGenerator.GetBytes(32));
    private readonly ITimer? _timer;
    private readonly Lock _reloading = new();
    private volatile AccessKeys _keys;
    private CancellationTokenSource _changed = new();
    private byte[] _fileHash = [];
    private string _complaint = "";

    public KeyRing(BuddiesApiOptions options, RevokedTokens tokens, TimeProvider time, ILogger<KeyRing> logger)
    {
        (_options, _tokens, _logger) = (options.Security, tokens, logger);
        _keys = AccessKeys.None;
        if (_options.HasKeys)
        {
            _keys = Read(out _);
            _timer = time.CreateTimer(_ => Reload(), null, _options.ReloadInterval, _options.ReloadInterval);
            if (_keys.Signing.Count == 0)
            {
                LogNoSigning();
            }
        }
    }

    /// <summary>Whether the server asks for no keys.</summary>
    public bool IsOpen => !_options.HasKeys;

    /// <summary>What signs new tokens; one of this process's own where the keys name none.</summary>
    public SigningSecret Signing => _keys.Signing is [.., var last] ? last : _ownSecret;

    /// <summary>Cancelled at the next change of the keys, or of what is revoked.</summary>
    public CancellationToken Changed => Volatile.Read(ref _changed).Token;

    /// <summary>The key of an id; null when there is none, or it was revoked.</summary>
    public AccessKey? Find(string id) => _keys.Find(id);

    /// <summary>Whether a token was revoked.</summary>
    public bool IsRevoked(string tokenId) => _keys.IsRevoked(tokenId) || _tokens.Contains(tokenId);

    /// <summary>The signing secret of an id; null when there is none.</summary>
    public SigningSecret? FindSigning(string id) =>
        _keys.Signing.FirstOrDefault(secret => secret.Id == id) ?? (_keys.Signing.Count == 0 && _ownSecret.Id == id ? _ownSecret : null);

    /// <summary>Whether a caller's right, granted before, still stands.</summary>
    public bool IsStillGood(Caller caller, DateTimeOffset now) =>
        caller.Key is null
        || (Find(caller.Key.Id) is { } key && key.IsValidAt(now) && key.Role == caller.Key.Role && key.User == caller.Key.User
            && CryptographicOperations.FixedTimeEquals(key.Sha256, caller.Key.Sha256)
            && (caller.Expires is not { } end || now < end)
            && (caller.TokenId is null || !IsRevoked(caller.TokenId)));

    /// <summary>Revokes a token at once here, and wherever the data directory is shared within the reload interval.</summary>
    /// <exception cref="IOException">It cannot be kept; then it holds in this process only.</exception>
    public void Revoke(string tokenId, DateTimeOffset until)
    {
        try
        {
            _tokens.Add(tokenId, until);
        }
        finally
        {
            RaiseChanged();
        }
    }

    /// <summary>Looks whether the file or the list of revoked tokens has changed.</summary>
    public void Reload()
    {
        lock (_reloading)
        {
            var hasChanged = _tokens.Reload();
            try
            {
                var keys = Read(out var isNew);
                if (isNew)
                {
                    _keys = keys;
                    hasChanged = true;
                    _complaint = "";
                    LogReloaded(keys.Count);
                }
            }
            catch (StartupRefusedException e)
            {
                LogKeptOnce(e.Message);
            }

            if (hasChanged)
            {
                RaiseChanged();
            }
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _changed.Dispose();
    }

    private void LogKeptOnce(string reason)
    {
        if (_complaint != reason)
        {
            _complaint = reason;
            LogKept(reason);
        }
    }

    /// <summary>Reads a server's keys once.</summary>
    /// <exception cref="StartupRefusedException">The file cannot be read, a line is not acceptable, or there is no key at all.</exception>
    public static AccessKeys ReadOnce(SecurityOptions options) => Parse(options, FileOf(options));

    private static byte[] FileOf(SecurityOptions options)
    {
        try
        {
            return options.KeyFile is { } path ? File.ReadAllBytes(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupRefusedException($"The keys cannot be read: {e.Message}");
        }
    }

    private static AccessKeys Parse(SecurityOptions options, byte[] file)
    {
        var configured = options.Keys.Select((line, i) => ($"Buddies:Keys:{i}", line));
        var lines = System.Text.Encoding.UTF8.GetString(file).TrimStart('\ufeff').Split('\n').Select((line, i) => ($"{options.KeyFile} line {i + 1}", line.TrimEnd('\r')));
        try
        {
            var keys = AccessKeys.Parse(configured.Concat(lines));
            return keys.Count > 0
                ? keys
                : throw new StartupRefusedException("Keys are asked for, but there are none; make one with: buddies keys add --role operator --name NAME --file FILE");
        }
        catch (FormatException e)
        {
            throw new StartupRefusedException(e.Message);
        }
    }

    private AccessKeys Read(out bool isNew)
    {
        var file = FileOf(_options);
        var hash = SHA256.HashData(file);
        isNew = !hash.AsSpan().SequenceEqual(_fileHash);
        if (!isNew)
        {
            return _keys;
        }

        // Noted first: a broken file is complained of once, not every two seconds.
        _fileHash = hash;
        return Parse(_options, file);
    }

    private void RaiseChanged()
    {
        var former = Interlocked.Exchange(ref _changed, new CancellationTokenSource());
        former.Cancel(); // Not disposed of: whoever has just read it may still want its token.
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "The keys have changed; {Count} are known now")]
    private partial void LogReloaded(int count);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "The former keys stay in force: {Reason}")]
    private partial void LogKept(string reason);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning, Message = "No signing secret: tokens and sign-ins end with this process. Make one with: buddies keys signing")]
    private partial void LogNoSigning();
}
