using Buddies.Api.Startup;
using Microsoft.AspNetCore.Authentication;

namespace Buddies.Api.Security;

/// <summary>Puts the doors in: addresses, TLS, keys, policies, limits and CORS.</summary>
internal static class Doors
{
    /// <summary>Registers what the doors need, and has the server listen where it may.</summary>
    /// <exception cref="StartupRefusedException">An address is not loopback and there are no keys; or an option is not acceptable.</exception>
    public static void AddDoors(this WebApplicationBuilder builder, BuddiesApiOptions options)
    {
        var security = options.Security;
        if (security.HasKeys)
        {
            _ = KeyRing.ReadOnce(security);
        }

        builder.AddAddresses(security);
        var services = builder.Services;
        services.AddSingleton<RevokedTokens>().AddSingleton<KeyRing>().AddSingleton<AccessTokens>();
        services.AddSingleton<SecurityMetrics>().AddSingleton<AuditTrail>();
        services.AddAuthentication(KeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, null);
        services.AddAuthorization(authorization => AccessPolicies.Add(authorization, security));
        services.AddKeyLimits(security);
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. security.CorsOrigins])
            .WithMethods("GET", "POST", "PUT", "DELETE")
            .WithHeaders("Authorization", "Content-Type", "Content-Encoding", "Idempotency-Key", "Buddies-Producer", "Last-Event-ID")
            .WithExposedHeaders("Retry-After", "Idempotency-Replayed")));
        services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));
    }

    /// <summary>Before routing: what concerns every request.</summary>
    public static void UseOuterDoors(this WebApplication app, SecurityOptions options)
    {
        if (options.TlsCertificate is not null)
        {
            app.UseHsts();
        }

        app.UseBrowserRules(options);
    }

    /// <summary>After routing: who asks, and whether they may.</summary>
    public static void UseInnerDoors(this WebApplication app, SecurityOptions options)
    {
        _ = app.Services.GetRequiredService<KeyRing>(); // Read now, not with the first request.
        app.UseOperatorDoor(options);
        if (options.CorsOrigins.Count > 0)
        {
            app.UseCors();
        }

        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
    }

    private static void AddAddresses(this WebApplicationBuilder builder, SecurityOptions security)
    {
        var urls = builder.Configuration["urls"];
        var hasEndpoints = builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
        if (string.IsNullOrEmpty(urls) && !hasEndpoints)
        {
            urls = LoopbackAddresses.DefaultUrl;
        }

        _ = OperatorDoor.PortsOf(security); // Refused before anything listens.
        if (!string.IsNullOrEmpty(urls))
        {
            builder.WebHost.UseUrls([.. urls.Split(';'), .. security.OperatorUrls]);
        }
        else if (security.OperatorUrls.Count > 0)
        {
            throw new StartupRefusedException("--operator-urls goes with --urls, not with Kestrel:Endpoints.");
        }

        if (!security.HasKeys)
        {
            LoopbackAddresses.Require(builder.Configuration);
        }

        var certificate = security.TlsCertificate is { } path ? new CertificateFile(path, security.TlsKey, TimeProvider.System) : null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            if (certificate is not null)
            {
                kestrel.ConfigureHttpsDefaults(https => https.ServerCertificateSelector = (_, _) => certificate.Current());
            }

            if (!security.HasKeys)
            {
                kestrel.ConfigureEndpointDefaults(listen => LoopbackAddresses.RequireEndpoint(listen.IPEndPoint));
            }
        });
    }
}
