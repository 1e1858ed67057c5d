using System.Globalization;
using Buddies.Api.Bodies;
using Microsoft.OpenApi;

namespace Buddies.Api.Endpoints;

/// <summary>What the OpenAPI document says of an endpoint beyond its types.</summary>
internal static class Documentation
{
    private static readonly int[] s_anywhere = [400, 401, 403, 429, 500, 503];

    /// <summary>Names an endpoint and the problems it may answer with, beside those that any endpoint may.</summary>
    public static RouteHandlerBuilder Documented(this RouteHandlerBuilder builder, string name, string summary, params int[] problems)
    {
        builder.WithName(name).WithSummary(summary);
        foreach (var status in s_anywhere.Union(problems))
        {
            builder.ProducesProblem(status);
        }

        return builder;
    }

    /// <summary>Says that the body is a batch.</summary>
    public static RouteHandlerBuilder AcceptsBatch<T>(this RouteHandlerBuilder builder) =>
        builder.Accepts<T[]>(BodyFormats.Json, BodyFormats.JsonLines);

    /// <summary>Says that a header may come.</summary>
    public static RouteHandlerBuilder WithHeader(this RouteHandlerBuilder builder, string name, string description) =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            return Task.CompletedTask;
        });

    /// <summary>Gives a query parameter its type and range.</summary>
    public static RouteHandlerBuilder WithRange(this RouteHandlerBuilder builder, string name, long min, long max, long? fallback = null) =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(p => p.Name == name) ?? [])
            {
                parameter.Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Minimum = min.ToString(CultureInfo.InvariantCulture),
                    Maximum = max.ToString(CultureInfo.InvariantCulture),
                    Default = fallback,
                };
            }

            return Task.CompletedTask;
        });
}
