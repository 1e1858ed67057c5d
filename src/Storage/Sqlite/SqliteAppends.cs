using Buddies.Storage.Log;

namespace Buddies.Storage.Sqlite;

/// <summary>Writes a group of appends in one transaction on the calling thread.</summary>
internal sealed class SqliteAppends(SqliteWriter writer, EventInserter inserter, LogSegments segments)
{
    public Task WriteAsync(AppendGroup group)
    {
        _ = writer.Write(() => Write(group));
        return Task.CompletedTask;
    }

    private bool Write(AppendGroup group)
    {
        // Whoever queued up while this thread waited for the writer comes along.
        group.Gather();
        segments.BeginWhenDue();
        inserter.Begin();
        foreach (var request in group.Requests)
        {
            var (events, offsets) = (request.Events, request.Offsets);
            for (var i = 0; i < offsets.Length; i++)
            {
                offsets[i] = inserter.Insert(events[i]);
            }
        }

        inserter.End();
        return true;
    }
}
