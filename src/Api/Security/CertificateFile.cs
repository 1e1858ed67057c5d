using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Buddies.Api.Startup;

namespace Buddies.Api.Security;

/// <summary>The server's certificate from PEM files, taken up again when they change: a renewed one needs no restart.</summary>
internal sealed class CertificateFile
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(10);

    private readonly string _certificate;
    private readonly string _key;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private X509Certificate2 _current;
    private DateTime _written;
    private long _lookedAt;

    /// <exception cref="StartupRefusedException">The files cannot be read, or do not belong together.</exception>
    public CertificateFile(string certificate, string? key, TimeProvider time)
    {
        (_certificate, _key, _time) = (certificate, key ?? certificate, time);
        _lookedAt = time.GetTimestamp();
        try
        {
            (_written, _current) = (WrittenAt(), Load());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartupRefusedException($"--tls-cert: {e.Message}");
        }
    }

    /// <summary>The certificate as of now. Files that are half written, or do not fit, leave the former one in force.</summary>
    public X509Certificate2 Current()
    {
        lock (_lock)
        {
            if (_time.GetElapsedTime(_lookedAt) >= s_lookEvery)
            {
                _lookedAt = _time.GetTimestamp();
                try
                {
                    if (WrittenAt() is var written && written != _written)
                    {
                        (_current, _written) = (Load(), written);
                    }
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
                {
                    // Looked at again; an operator sees by the certificate's end that it was not taken.
                }
            }

            return _current;
        }
    }

    private DateTime WrittenAt() => new[] { File.GetLastWriteTimeUtc(_certificate), File.GetLastWriteTimeUtc(_key) }.Max();

    private X509Certificate2 Load() => X509Certificate2.CreateFromPemFile(_certificate, _key);
}
