using System.Text.Json;
using System.Text.Json.Serialization;

namespace Buddies.Engine.Snapshots;

/// <summary>The manifest as JSON: camelCase, indented, strict to read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SnapshotManifest))]
internal sealed partial class SnapshotManifestJson : JsonSerializerContext
{
    public static byte[] Write(SnapshotManifest manifest) =>
        JsonSerializer.SerializeToUtf8Bytes(manifest, Default.SnapshotManifest);

    public static SnapshotManifest Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, Default.SnapshotManifest)
            ?? throw new JsonException("expected an object, found null");
}
