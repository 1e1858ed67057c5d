using System.Net.Http.Headers;

namespace Buddies.Cli.Server;

/// <summary>The key that the tool calls a server with: from the environment, where no list of processes shows it.</summary>
internal static class ServerKey
{
    /// <summary>The environment's variable.</summary>
    public const string Variable = "BUDDIES_KEY";

    /// <summary>The client, with the key where there is one.</summary>
    public static HttpClient WithKey(this HttpClient http)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } key)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return http;
    }
}
