using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Buddies.Api.Security;
using Buddies.Api.Startup;

namespace Buddies.Api.Tests.Access;

public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("buddies-tls-").FullName;

    private string Certificate => Path.Combine(_folder, "tls.crt");

    private string Key => Path.Combine(_folder, "tls.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Https_WithACertificateFile_IsServedWithHstsAndASecureCookie()
    {
        Write("first");
        using var keys = new KeySet();
        var door = new Uri($"https://127.0.0.1:{LimitTests.FreePort()}");
        await using var host = await keys.StartAsync(options =>
        {
            (options.Security.TlsCertificate, options.Security.TlsKey) = (Certificate, Key);
            options.Security.OperatorUrls = [door.ToString().TrimEnd('/')];
        });
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=first",
                TargetHost = "buddies.example",
            },
        });
        using var request = KeySet.Request(HttpMethod.Post, new Uri(door, "/v1/session").ToString(), keys["operator"]);
        request.Headers.Host = "buddies.example"; // Browsers keep no HSTS for loopback, so the server sends none there.
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("max-age=31536000", response.Headers.GetValues("Strict-Transport-Security").Single());
        var cookie = response.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("__Host-", cookie, StringComparison.Ordinal);
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Certificate_Renewed_IsTakenUpAndAHalfWrittenOneIsNot()
    {
        Write("first");
        var time = new StepTime();
        var file = new CertificateFile(Certificate, Key, time);
        Write("second");
        Assert.Equal("CN=first", file.Current().Subject); // Looked at every ten seconds.
        time.Step();
        Assert.Equal("CN=second", file.Current().Subject);
        File.WriteAllText(Certificate, "-----BEGIN CERT");
        File.SetLastWriteTimeUtc(Certificate, DateTime.UtcNow.AddMinutes(5));
        time.Step();
        Assert.Equal("CN=second", file.Current().Subject);
    }

    [Fact]
    public void Certificate_Missing_IsRefusedAtTheStart() =>
        Assert.Throws<StartupRefusedException>(() => new CertificateFile(Certificate, Key, TimeProvider.System));

    private void Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        var written = DateTime.UtcNow.AddSeconds(name.Length); // Two writes within the clock's grain are still two.
        File.SetLastWriteTimeUtc(Certificate, written);
        File.SetLastWriteTimeUtc(Key, written);
    }

    private sealed class StepTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now;

        public void Step() => _now += 10;
    }
}
