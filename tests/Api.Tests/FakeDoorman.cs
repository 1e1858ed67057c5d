using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Api.Tests;

/// <summary>A doorman that notes what it is asked and answers as told.</summary>
internal sealed class FakeDoorman : IDoorman
{
    private static readonly DateTimeOffset s_at = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public List<DoormanOrder> Orders { get; } = [];

    public DoormanAnswer Answer { get; set; } = new(true, "It will be done.");

    public DoormanView View { get; set; } = new(
        DoormanRecord.Empty with
        {
            Epoch = 7,
            Current = new SnapshotVersion(2),
            Canary = new Canary(new SnapshotVersion(3), 10, s_at),
            Versions =
            [
                new(new SnapshotVersion(1), VersionState.Retired, default, []),
                new(new SnapshotVersion(2), VersionState.Current, new SnapshotVersion(1), []),
                new(new SnapshotVersion(3), VersionState.Canary, default, []),
                new(new SnapshotVersion(4), VersionState.Rejected, default, ["a byte is wrong"]),
            ],
        },
        [.. Enumerable.Range(1, 4).Select(n => new ModelView(new SnapshotVersion(n), s_at, n * 100, n - 1, new Dictionary<string, double> { ["recall"] = 0.25 }))],
        new CanaryView(
            new SnapshotVersion(3), 10, TimeSpan.FromHours(1), new(9000, 400, 30, 2), new(1000, 50, 4, 1),
            new CanaryVerdict(CanaryDecision.Wait, "each side needs 2000 impressions", new Dictionary<string, double> { ["playRatio"] = 1.1 })),
        new Dictionary<int, int> { [2] = 3, [3] = 2 },
        new SnapshotVersion(2),
        TimeSpan.FromMilliseconds(1.5));

    public ValueTask<DoormanView> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(View);

    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(long afterNumber, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<JournalEntry>>(
            [new(6, s_at, JournalAction.Rejected, new SnapshotVersion(4), "operator", "", ["a byte is wrong"], new Dictionary<string, double>(), Math.Max(0, afterNumber) + limit)]);

    public ValueTask<DoormanAnswer> AskAsync(DoormanOrder order, CancellationToken cancellationToken)
    {
        Orders.Add(order);
        return ValueTask.FromResult(Answer);
    }
}
