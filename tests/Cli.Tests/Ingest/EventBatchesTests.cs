using System.Text;
using System.Text.Json;
using Buddies.Cli.Bench.Ingest;

namespace Buddies.Cli.Tests.Ingest;

public sealed class EventBatchesTests
{
    private static readonly LoadShape s_shape = new(2, 50, 0, 10, 30, 100, 1);

    [Fact]
    public void Next_ManyBatches_EveryLineIsAnEventWithAnIdOfItsOwn()
    {
        var ids = new HashSet<string>();
        foreach (var producer in new[] { 0, 1 })
        {
            var batches = new EventBatches(s_shape, producer, DateTimeOffset.UnixEpoch, mostBytes: 20_000);
            for (var i = 0; i < 20; i++)
            {
                var lines = Encoding.UTF8.GetString(batches.Next().Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal(s_shape.Batch, lines.Length);
                for (var n = 0; n < lines.Length; n++)
                {
                    using var json = JsonDocument.Parse(lines[n]);
                    var id = json.RootElement.GetProperty("eventId").GetString()!;
                    Assert.True(ids.Add(id), $"{id} came twice");
                    var listener = batches.Listeners[n];
                    Assert.InRange(listener, 10, 39);
                    Assert.Equal($"u{listener + 1:0000}", json.RootElement.GetProperty("userId").GetString());
                }
            }
        }
    }
}
