using Buddies.Api.Problems;

namespace Buddies.Api.Security;

/// <summary>Marks a call that has an address of its own where the operator's is given.</summary>
internal sealed class OperatorCall
{
    public static readonly OperatorCall Instance = new();
}

/// <summary>The operator's address: where one is given, no other knows the operator's calls.</summary>
internal static class OperatorDoor
{
    public static TBuilder ForOperators<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(AccessPolicies.Operator).WithMetadata(OperatorCall.Instance);

    /// <summary>Answers as if there were nothing, at an address that is not the operator's.</summary>
    public static IApplicationBuilder UseOperatorDoor(this IApplicationBuilder app, SecurityOptions options)
    {
        if (options.OperatorUrls.Count == 0)
        {
            return app;
        }

        var ports = PortsOf(options);
        return app.Use((context, next) =>
            context.GetEndpoint()?.Metadata.GetMetadata<OperatorCall>() is null || ports.Contains(context.Connection.LocalPort)
                ? next(context)
                : Problem.Of(ProblemKind.NotFound, "There is nothing here.").ExecuteAsync(context));
    }

    /// <summary>Whether a request came in by the operator's address, which only those who may look at the server can reach.</summary>
    public static bool IsUsedBy(HttpContext context, SecurityOptions options) =>
        options.OperatorUrls.Count > 0 && PortsOf(options).Contains(context.Connection.LocalPort);

    /// <summary>The ports of the operator's addresses.</summary>
    /// <exception cref="Startup.StartupRefusedException">One has no port of its own.</exception>
    public static IReadOnlyList<int> PortsOf(SecurityOptions options) => [.. options.OperatorUrls.Select(PortOf)];

    private static int PortOf(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Port: > 0 } address
                ? address.Port
                : throw new Startup.StartupRefusedException($"--operator-urls: expected a port of its own, got '{url}'.");
        }
        catch (FormatException)
        {
            throw new Startup.StartupRefusedException($"--operator-urls: '{url}' is not an address to listen on; an example: http://127.0.0.1:5081");
        }
    }
}
