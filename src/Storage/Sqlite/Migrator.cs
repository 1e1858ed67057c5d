using System.Globalization;

namespace Buddies.Storage.Sqlite;

/// <summary>Brings a file's schema to this program's version, one step at a time, each whole or not at all.</summary>
internal static class Migrator
{
    /// <summary>Marks a file as ours: "Budd" in ASCII.</summary>
    public const int ApplicationId = 0x42756464;

    /// <summary>Refuses a file that belongs to another program or to a newer version of this one; writes nothing.</summary>
    public static void Refuse(SqliteDatabase database, int newest)
    {
        // In one read transaction: beside another process that makes the file, the first answer may be from before its
        // schema and the second from after.
        long application;
        long version;
        bool isEmpty;
        database.Execute("BEGIN");
        try
        {
            application = database.ReadNumber("PRAGMA application_id");
            isEmpty = application == 0 && database.ReadNumber("SELECT count(*) FROM sqlite_schema") == 0;
            version = database.ReadNumber("PRAGMA user_version");
        }
        finally
        {
            database.Execute("COMMIT");
        }

        if (application != ApplicationId && !isEmpty)
        {
            throw new StoreException($"{database.Path}: is a SQLite database of another program, not a Buddies database");
        }

        if (version > newest)
        {
            throw new StoreException(
                $"{database.Path}: was written by a newer version of Buddies (its schema is {version}, this version knows up to {newest}); upgrade Buddies to open it");
        }
    }

    /// <summary>Runs the steps that the file has not seen.</summary>
    /// <param name="database">A writable connection with no open transaction.</param>
    /// <param name="migrations">Step n leads to version n + 1.</param>
    public static void Run(SqliteDatabase database, IReadOnlyList<string> migrations)
    {
        while (database.ReadNumber("PRAGMA user_version") < migrations.Count)
        {
            try
            {
                database.Execute("BEGIN IMMEDIATE");

                // Asked again under the lock: another process may have taken the same step meanwhile.
                var version = (int)database.ReadNumber("PRAGMA user_version");
                if (version < migrations.Count)
                {
                    database.Execute(migrations[version]);
                    database.Execute(string.Create(
                        CultureInfo.InvariantCulture,
                        $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {version + 1}"));
                }

                database.Execute("COMMIT");
            }
            catch
            {
                database.Rollback();
                throw;
            }
        }
    }
}
