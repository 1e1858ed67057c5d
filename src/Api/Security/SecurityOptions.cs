using System.ComponentModel.DataAnnotations;
using Buddies.Api.Startup;

namespace Buddies.Api.Security;

/// <summary>Who may come in, by which door, and how much each may ask. Bound from the configuration section <c>Buddies</c>.</summary>
public sealed class SecurityOptions
{
    /// <summary>A file with one key a line (<c>--keys FILE</c>), read again when it changes. Default none: loopback only, no keys asked for.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Lines of the same form from the configuration (<c>Buddies__Keys__0</c> …), beside those of the file. Read once.</summary>
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>Addresses of their own for operator calls and <c>/metrics</c> (<c>--operator-urls</c>); other addresses then do not know them. Default none.</summary>
    public IReadOnlyList<string> OperatorUrls { get; set; } = [];

    /// <summary>A certificate with its chain in PEM (<c>--tls-cert FILE</c>), read again when it changes; for addresses that begin with https.</summary>
    public string? TlsCertificate { get; set; }

    /// <summary>Its private key in PEM (<c>--tls-key FILE</c>). Default: in the certificate's file.</summary>
    public string? TlsKey { get; set; }

    /// <summary>Origins whose pages may call with a key (<c>--cors-origins</c>). Default none: CORS is off.</summary>
    public IReadOnlyList<string> CorsOrigins { get; set; } = [];

    /// <summary>Requests a second of one listener's token or key; a burst of five times as many is let through. Default 20.</summary>
    [Range(1, 1_000_000)]
    public int ClientRequestsPerSecond { get; set; } = 20;

    /// <summary>Live streams at one time of one listener's token or key. Default 4.</summary>
    [Range(1, 100_000)]
    public int ClientStreams { get; set; } = 4;

    /// <summary>How long a token is good where its issuer does not say. Default an hour.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The longest that an issuer may ask for. Default a day.</summary>
    public TimeSpan MaxTokenLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a sign-in on the page is good. Default eight hours.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How often the key file and the list of revoked tokens are looked at. Default 2 s.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether keys are asked for at all.</summary>
    public bool HasKeys => KeyFile is not null || Keys.Count > 0;

    /// <summary>Reads the options.</summary>
    /// <exception cref="StartupRefusedException">A value is not acceptable.</exception>
    public static SecurityOptions From(IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var options = new SecurityOptions
        {
            KeyFile = section["KeyFile"],
            Keys = [.. section.GetSection("Keys").GetChildren().Select(line => line.Value ?? "")],
            OperatorUrls = List(section["OperatorUrls"]),
            TlsCertificate = section["TlsCertificate"],
            TlsKey = section["TlsKey"],
            CorsOrigins = List(section["CorsOrigins"]),
        };
        options.ClientRequestsPerSecond = Number(section, "ClientRequestsPerSecond", options.ClientRequestsPerSecond);
        options.ClientStreams = Number(section, "ClientStreams", options.ClientStreams);
        return options;
    }

    /// <summary>Checks what the attributes cannot.</summary>
    /// <exception cref="StartupRefusedException">A value is not acceptable.</exception>
    public void Validate()
    {
        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), errors, validateAllProperties: true))
        {
            throw new StartupRefusedException(string.Join(Environment.NewLine, errors.Select(e => e.ErrorMessage)));
        }

        if (new[] { TokenLifetime, MaxTokenLifetime, SessionLifetime, ReloadInterval }.Min() <= TimeSpan.Zero)
        {
            throw new StartupRefusedException("TokenLifetime, MaxTokenLifetime, SessionLifetime and ReloadInterval must be longer than nothing.");
        }

        foreach (var origin in CorsOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.GetLeftPart(UriPartial.Authority) != origin)
            {
                throw new StartupRefusedException($"--cors-origins: expected origins such as https://app.example, separated by ';', got '{origin}'.");
            }
        }

        if (TlsKey is not null && TlsCertificate is null)
        {
            throw new StartupRefusedException("--tls-key needs --tls-cert.");
        }
    }

    private static string[] List(string? text) =>
        (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int Number(IConfigurationSection section, string name, int fallback) =>
        section[name] is not { } text ? fallback
        : int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) ? value
        : throw new StartupRefusedException($"Buddies:{name}: expected a number, got '{text}'.");
}
