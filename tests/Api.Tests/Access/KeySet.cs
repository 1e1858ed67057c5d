using System.Security.Cryptography;
using Buddies.Api.Security;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Buddies.Api.Tests.Access;

/// <summary>One key of each sort, in a file that a host reads.</summary>
internal sealed class KeySet : IDisposable
{
    /// <summary>The listener of every client here.</summary>
    public const string Own = "own";

    public const string Foreign = "foreign";

    private readonly Dictionary<string, (string Text, AccessKey Key)> _keys = [];
    private readonly List<string> _lines = [AccessKeys.LineOf(new SigningSecret("5190000000000000", RandomNumberGenerator.GetBytes(32)))];

    public KeySet()
    {
        Add("producer", AccessRole.Producer, key => key with { Catalogue = true });
        Add("plain producer", AccessRole.Producer);
        Add("backend", AccessRole.Backend);
        Add("operator", AccessRole.Operator);
        Add("client", AccessRole.Client, key => key with { User = Own });
        Add("expired", AccessRole.Operator, key => key with { Expires = new(2026, 1, 31, 11, 59, 59, TimeSpan.Zero) });
        Add("revoked", AccessRole.Operator);
        Append(AccessKeys.LineOfRevoked(_keys["revoked"].Key.Id));
    }

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public string this[string name] => _keys[name].Text;

    public AccessKey Key(string name) => _keys[name].Key;

    public Task<ApiHost> StartAsync(Action<BuddiesApiOptions>? configure = null) => ApiHost.StartAsync(options =>
    {
        options.Security.KeyFile = Path;
        options.Security.ClientRequestsPerSecond = 1_000_000;
        configure?.Invoke(options);
    });

    public void Add(string name, AccessRole role, Func<AccessKey, AccessKey>? shape = null)
    {
        var (text, id, sha256) = AccessKeyText.Create();
        var key = new AccessKey(id, name, role, sha256);
        _keys[name] = (text, shape?.Invoke(key) ?? key);
        Append(AccessKeys.LineOf(_keys[name].Key));
    }

    public void Append(string line)
    {
        _lines.Add(line);
        File.WriteAllLines(Path, _lines);
    }

    public void Remove(string name)
    {
        _lines.RemoveAll(line => line.Contains($"\"key\":\"{_keys[name].Key.Id}\"", StringComparison.Ordinal));
        File.WriteAllLines(Path, _lines);
    }

    /// <summary>A token of a host for one listener.</summary>
    public string TokenFor(ApiHost host, string user, TimeSpan? lifetime = null, string by = "backend") => host.Services
        .GetRequiredService<AccessTokens>().Issue(Key(by), new UserId(user), lifetime ?? TimeSpan.FromHours(1)).Token;

    public void Dispose() => File.Delete(Path);

    public static HttpRequestMessage Request(HttpMethod method, string path, string? credential, string? json = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (credential is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {credential}");
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        }

        return request;
    }
}
