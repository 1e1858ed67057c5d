using System.Text.Json;
using System.Text.Json.Serialization;

namespace Buddies.Api.Contracts;

/// <summary>Source-generated JSON for every answer.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EventItem[]))]
[JsonSerializable(typeof(TrackItem[]))]
[JsonSerializable(typeof(PlaylistItem[]))]
[JsonSerializable(typeof(EventsResponse))]
[JsonSerializable(typeof(UpsertResponse))]
[JsonSerializable(typeof(HomeResponse))]
[JsonSerializable(typeof(LiveEvent))]
[JsonSerializable(typeof(BuddiesResponse))]
[JsonSerializable(typeof(ListenersResponse))]
[JsonSerializable(typeof(ErasureResponse))]
[JsonSerializable(typeof(TasteResponse))]
[JsonSerializable(typeof(PlaylistResponse))]
[JsonSerializable(typeof(StatusResponse))]
[JsonSerializable(typeof(SnapshotsResponse))]
[JsonSerializable(typeof(DoormanResponse))]
[JsonSerializable(typeof(DoormanAnswerResponse))]
[JsonSerializable(typeof(DoormanRequest))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(PrivacyItem))]
[JsonSerializable(typeof(ExportResponse))]
[JsonSerializable(typeof(AnomaliesResponse))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(SessionResponse))]
[JsonSerializable(typeof(Security.TokenPayload))]
[JsonSerializable(typeof(IReadOnlyList<HealthPartResponse>))]
[JsonSerializable(typeof(List<ItemError>))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(long))]
internal sealed partial class ApiJson : JsonSerializerContext;
