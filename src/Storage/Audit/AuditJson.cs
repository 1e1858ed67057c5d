using System.Text.Json;
using System.Text.Json.Serialization;

namespace Buddies.Storage.Audit;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class AuditJson : JsonSerializerContext;
