using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>
/// One advisory lock for each schema. Every write holds it shared; an import, an erasure and a change of the catalogue
/// hold it alone. So an import shows all at once and nothing comes in between, and appends and checkpoints still run
/// beside each other.
/// </summary>
internal static class WriteLock
{
    /// <summary>"Budd" in ASCII; the schema is the lock's second number.</summary>
    private const int Class = 0x42756464;

    /// <summary>Takes the lock until the transaction ends.</summary>
    public static async Task TakeAsync(NpgsqlConnection connection, bool isExclusive)
    {
        await using var command = new NpgsqlCommand(
            isExclusive
                ? "SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))"
                : "SELECT pg_advisory_xact_lock_shared($1, hashtext(current_schema()))",
            connection)
        {
            Parameters = { new() { Value = Class } },
        };
        _ = await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }
}
