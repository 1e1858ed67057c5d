using System.Net;
using Buddies.Api.Startup;

namespace Buddies.Api.Security;

/// <summary>Without keys the server listens on loopback only, and refuses any other address at start-up.</summary>
internal static class LoopbackAddresses
{
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Whether a host name, as a URL or a Host header writes it, is this machine's own.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Refuses every configured address that is not loopback.</summary>
    /// <exception cref="StartupRefusedException">There is one.</exception>
    public static void Require(IConfiguration configuration)
    {
        var urls = configuration["urls"];
        foreach (var url in $"{urls};{configuration["Buddies:OperatorUrls"]}".Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            RequireUrl(url);
        }

        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            RequireUrl(endpoint["Url"] ?? "");
        }

        foreach (var key in (ReadOnlySpan<string>)["http_ports", "https_ports"])
        {
            // A port alone means every address; it counts only where no URL is given.
            if (string.IsNullOrEmpty(urls) && configuration[key] is { Length: > 0 } ports)
            {
                throw Refuse($"{key}={ports} (every address)");
            }
        }
    }

    /// <summary>The last word: an endpoint that Kestrel is about to bind, however it was configured.</summary>
    /// <exception cref="StartupRefusedException">It is not loopback.</exception>
    public static void RequireEndpoint(IPEndPoint? endpoint)
    {
        if (endpoint is not null && !IPAddress.IsLoopback(endpoint.Address))
        {
            throw Refuse(endpoint.ToString());
        }
    }

    private static void RequireUrl(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new StartupRefusedException($"'{url}' is not an address to listen on; an example: {DefaultUrl}");
        }

        if (!address.IsUnixPipe && !address.IsNamedPipe && !IsLoopback(address.Host))
        {
            throw Refuse(url);
        }
    }

    private static StartupRefusedException Refuse(string address) => new(
        $"Refusing to listen on {address}: addresses other than loopback require keys, and no keys are configured. "
        + "Make one with: buddies keys add --role operator --name NAME --file FILE, and start with --keys FILE. "
        + $"Or listen on 127.0.0.1, [::1] or localhost, for example --urls {DefaultUrl}");
}
