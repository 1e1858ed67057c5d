using System.Text.Json;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Doorman;

/// <summary>The parts of the doorman's record that are looked at as a whole only, as JSON.</summary>
internal static class DoormanTexts
{
    public static string? Write(Canary? canary) => canary is null ? null : JsonSerializer.Serialize(canary);

    public static string? Write(Rollout? rollout) => rollout is null ? null : JsonSerializer.Serialize(rollout);

    public static string Write(IReadOnlyList<Member> nodes) => JsonSerializer.Serialize(nodes);

    public static string Write(IReadOnlyList<string> reasons) => JsonSerializer.Serialize(reasons);

    public static string Write(IReadOnlyDictionary<string, double> metrics) => JsonSerializer.Serialize(metrics);

    /// <exception cref="StoreException">A text is not what was written.</exception>
    public static DoormanRecord Read(
        long epoch, int current, string? canary, string? rollout, string nodes, string fencing, IReadOnlyList<VersionRecord> versions) => new(
            epoch,
            new SnapshotVersion(current),
            canary is null ? null : Read<Canary>(canary),
            rollout is null ? null : Read<Rollout>(rollout),
            Read<Member[]>(nodes),
            Read<Member[]>(fencing),
            versions);

    /// <exception cref="StoreException">The text is not what was written.</exception>
    public static VersionRecord ReadVersion(int version, int state, int replaced, string reasons) =>
        new(new SnapshotVersion(version), (VersionState)state, new SnapshotVersion(replaced), Read<string[]>(reasons));

    /// <exception cref="StoreException">A text is not what was written.</exception>
    public static JournalEntry ReadEntry(
        long number, long epoch, long at, int action, int version, string who, string why, string reasons, string metrics) => new(
            epoch,
            DateTimeOffset.FromUnixTimeMilliseconds(at),
            (JournalAction)action,
            new SnapshotVersion(version),
            who,
            why,
            Read<string[]>(reasons),
            Read<Dictionary<string, double>>(metrics),
            number);

    private static T Read<T>(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json) ?? throw new JsonException("expected a value, found null");
        }
        catch (JsonException e)
        {
            throw new StoreException($"the database is damaged: the doorman's record cannot be read: {e.Message}", e);
        }
    }
}
