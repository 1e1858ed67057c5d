using System.Security.Cryptography;
using System.Text;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage;

/// <summary>What a store keeps of an erased id.</summary>
internal static class ErasedIds
{
    public static byte[] Hash(UserId user) => SHA256.HashData(Encoding.UTF8.GetBytes(user.Value));
}
