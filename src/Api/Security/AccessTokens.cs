using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Keys;

namespace Buddies.Api.Security;

/// <summary>What a token says.</summary>
/// <param name="Id">Names it, to revoke it by.</param>
/// <param name="By">The id of the key that issued it: without that key it is worth nothing.</param>
/// <param name="User">The one listener it is for; null in a sign-in, which stands for the key itself.</param>
/// <param name="Expires">Its end, Unix seconds.</param>
internal sealed record TokenPayload(string Id, string By, string? User, long Expires);

/// <summary>
/// Signs and reads tokens: <c>bt1.SIGNING.PAYLOAD.MAC</c>. SIGNING is the signing secret's id, PAYLOAD the base64url of a
/// <see cref="TokenPayload"/> in JSON, MAC the base64url of HMAC-SHA256 over everything before its dot.
/// </summary>
/// <remarks>There is one algorithm and none to choose; nothing of a token is read before its MAC is right.</remarks>
internal sealed class AccessTokens(KeyRing ring, TimeProvider time)
{
    public const string Prefix = "bt1.";

    private const int MaxLength = 4096;

    /// <summary>Issues a token.</summary>
    /// <param name="by">The key that issues it.</param>
    /// <param name="user">The one listener it is for; null for a sign-in of the key itself.</param>
    /// <param name="lifetime">How long it is good, from now on; never longer than its key.</param>
    public (string Token, TokenPayload Payload) Issue(AccessKey by, UserId? user, TimeSpan lifetime)
    {
        var end = time.GetUtcNow() + lifetime;
        end = by.Expires is { } last && last < end ? last : end;
        var payload = new TokenPayload(AccessKeyText.NewId(), by.Id, user?.Value, end.ToUnixTimeSeconds());
        var signing = ring.Signing;
        var json = JsonSerializer.SerializeToUtf8Bytes(payload, Contracts.ApiJson.Default.TokenPayload);
        var signed = $"{Prefix}{signing.Id}.{Base64Url.EncodeToString(json)}";
        return ($"{signed}.{Base64Url.EncodeToString(Mac(signing, signed))}", payload);
    }

    /// <summary>Finds who holds up a token.</summary>
    /// <returns>Null when it is not one of ours, has ended, was revoked, or its key has.</returns>
    public Caller? Find(string token)
    {
        if (Read(token) is not { } payload || ring.Find(payload.By) is not { } key || ring.IsRevoked(payload.Id))
        {
            return null;
        }

        var caller = new Caller(key.Name, key)
        {
            TokenId = payload.Id,
            Expires = DateTimeOffset.FromUnixTimeSeconds(payload.Expires),
        };
        caller = payload.User is { } user ? caller with { Role = AccessRole.Client, User = new UserId(user) } : caller;

        // A key that may not issue tokens (any longer) has issued none.
        return (payload.User is null || key.Role is AccessRole.Backend or AccessRole.Operator) && ring.IsStillGood(caller, time.GetUtcNow())
            ? caller
            : null;
    }

    private static byte[] Mac(SigningSecret signing, string text) => HMACSHA256.HashData(signing.Secret, Encoding.UTF8.GetBytes(text));

    /// <summary>What a token says, if its MAC is right; whether it is still good is another question.</summary>
    public TokenPayload? Read(string token)
    {
        if (token.Length > MaxLength || !token.StartsWith(Prefix, StringComparison.Ordinal) || token.Split('.') is not [_, var signingId, var payload, var mac]
            || ring.FindSigning(signingId) is not { } signing)
        {
            return null;
        }

        try
        {
            var given = Base64Url.DecodeFromChars(mac);
            return CryptographicOperations.FixedTimeEquals(given, Mac(signing, token[..token.LastIndexOf('.')]))
                ? JsonSerializer.Deserialize(Base64Url.DecodeFromChars(payload), Contracts.ApiJson.Default.TokenPayload)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
