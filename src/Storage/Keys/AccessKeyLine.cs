using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Buddies.Engine.Events;

namespace Buddies.Storage.Keys;

/// <summary>One line of a key file, or one value of the configuration's <c>Buddies:Keys</c>: a JSON object.</summary>
internal sealed class AccessKeyLine
{
    private const int MaxName = 64;
    private const int MinSecretBytes = 32;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string? Key { get; set; }

    public string? Name { get; set; }

    public string? Role { get; set; }

    public string? Sha256 { get; set; }

    public string? User { get; set; }

    public string[]? Kinds { get; set; }

    public string? Source { get; set; }

    public bool Catalogue { get; set; }

    public DateTimeOffset? Expires { get; set; }

    public int? RequestsPerSecond { get; set; }

    public int? Streams { get; set; }

    public string? Signing { get; set; }

    public string? Secret { get; set; }

    public string? Revoked { get; set; }

    /// <summary>Reads a line's fields.</summary>
    /// <exception cref="FormatException">It is not such an object, or has a field that nobody knows.</exception>
    public static AccessKeyLine Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<AccessKeyLine>(line, s_json) ?? throw new FormatException("expected an object");
        }
        catch (JsonException)
        {
            // Not the reader's message: it may repeat what the line holds.
            throw new FormatException("expected a JSON object with the fields of a key");
        }
    }

    public static string Write(AccessKey key) => JsonSerializer.Serialize(
        new AccessKeyLine
        {
            Key = key.Id,
            Name = key.Name,
            Role = NameOf(key.Role),
            Sha256 = Convert.ToHexStringLower(key.Sha256),
            User = key.User,
            Kinds = key.Kinds is null ? null : [.. key.Kinds.Select(kind => kind.ToWireName())],
            Source = key.Source,
            Catalogue = key.Catalogue,
            Expires = key.Expires,
            RequestsPerSecond = key.RequestsPerSecond,
            Streams = key.Streams,
        },
        s_json);

    public static string Write(SigningSecret signing) => JsonSerializer.Serialize(
        new AccessKeyLine { Signing = signing.Id, Secret = Convert.ToBase64String(signing.Secret) }, s_json);

    public static string WriteRevoked(string id) => JsonSerializer.Serialize(new AccessKeyLine { Revoked = id }, s_json);

    public static string NameOf(AccessRole role) => role.ToString().ToLower(CultureInfo.InvariantCulture);

    /// <exception cref="FormatException">A field is missing, wrong, or not one of the role's.</exception>
    public AccessKey ToKey()
    {
        var role = Enum.GetValues<AccessRole>().Where(r => NameOf(r) == Role).Select(r => (AccessRole?)r).FirstOrDefault()
            ?? throw new FormatException("role: expected producer, backend, client or operator");
        var key = new AccessKey(Required(Key, "key"), Required(Name, "name"), role, HashOf())
        {
            User = User,
            Kinds = Kinds?.Select(KindOf).ToArray(),
            Source = Source,
            Catalogue = Catalogue,
            Expires = Expires,
            RequestsPerSecond = RequestsPerSecond,
            Streams = Streams,
        };
        return FindError(key) is { } error ? throw new FormatException(error) : key;
    }

    /// <exception cref="FormatException">The secret is missing or too short.</exception>
    public SigningSecret ToSigning()
    {
        var bytes = new byte[1024];
        return Convert.TryFromBase64String(Secret ?? "", bytes, out var count) && count >= MinSecretBytes
            ? new SigningSecret(Required(Signing, "signing"), bytes[..count])
            : throw new FormatException($"secret: expected at least {MinSecretBytes} bytes in base64");
    }

    /// <summary>What in a key contradicts its role; null when nothing does.</summary>
    public static string? FindError(AccessKey key) =>
        key.Name.Length > MaxName || key.Name.Any(char.IsControl) ? $"name: expected 1 to {MaxName} characters, none of them a control character"
        : key.Role == AccessRole.Client && EventRules.FindIdError(key.User, "user") is { } userError ? userError
        : key.Role != AccessRole.Client && key.User is not null ? "user: only a client's key has one"
        : key.Role != AccessRole.Producer && (key.Source is not null || key.Catalogue) ? "source, catalogue: only a producer's key has them"
        : key.Role == AccessRole.Operator && key.Kinds is not null ? "kinds: an operator sends no events"
        : key.Source is not null && EventRules.FindIdError(key.Source, "source") is { } sourceError ? sourceError
        : key.RequestsPerSecond is < 1 ? "requestsPerSecond: expected 1 or more"
        : key.Streams is < 1 ? "streams: expected 1 or more"
        : null;

    private static string Required(string? value, string field) =>
        string.IsNullOrEmpty(value) ? throw new FormatException($"{field}: required") : value;

    private static EventKind KindOf(string name) =>
        EventKinds.TryParse(name, out var kind) ? kind : throw new FormatException($"kinds: expected names of {string.Join(", ", EventKinds.Names)}");

    private byte[] HashOf()
    {
        var hash = new byte[32];
        return Sha256 is { Length: 64 } text && Convert.FromHexString(text, hash, out _, out var count) == System.Buffers.OperationStatus.Done && count == 32
            ? hash
            : throw new FormatException("sha256: expected 64 hexadecimal digits");
    }
}
