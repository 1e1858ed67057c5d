namespace Buddies.Storage.Sqlite;

/// <summary>The schema's versions, each as the step from the one before. Steps that have shipped are never edited.</summary>
internal static class Migrations
{
    /// <summary>Step n leads to version n + 1, the file's <c>user_version</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [Version1, Version2, Version3, Version4, Privacy];

    // Ids are texts of up to 128 characters; every table but the three of ids names them by number. AUTOINCREMENT:
    // neither a number nor an offset is ever given out twice, so an erased one can never come to mean somebody else.
    // Times are Unix milliseconds, UTC.
    private const string Version1 = """
        CREATE TABLE users (no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE);
        CREATE TABLE track_ids (no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE);
        CREATE TABLE playlist_ids (no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE);

        CREATE TABLE events (
            offset INTEGER PRIMARY KEY AUTOINCREMENT,
            user_no INTEGER NOT NULL REFERENCES users (no),
            event_id TEXT NOT NULL,
            kind INTEGER NOT NULL,
            track_no INTEGER,
            playlist_no INTEGER,
            played_ms INTEGER,
            duration_ms INTEGER,
            occurred_at INTEGER NOT NULL,
            plays INTEGER NOT NULL,
            context TEXT,
            UNIQUE (user_no, event_id));

        CREATE TABLE checkpoints (
            user_no INTEGER PRIMARY KEY REFERENCES users (no),
            offset INTEGER NOT NULL,
            state BLOB NOT NULL,
            checksum BLOB NOT NULL);

        -- The position is the order of first addition; an upsert leaves it alone.
        CREATE TABLE tracks (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            track_no INTEGER NOT NULL UNIQUE REFERENCES track_ids (no),
            title TEXT NOT NULL,
            artist TEXT NOT NULL,
            tags TEXT NOT NULL);
        CREATE TABLE playlists (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            playlist_no INTEGER NOT NULL UNIQUE REFERENCES playlist_ids (no),
            title TEXT NOT NULL,
            owner_no INTEGER NOT NULL REFERENCES users (no),
            public INTEGER NOT NULL,
            followers INTEGER NOT NULL,
            -- Numbers of track_ids in playlist order, each a little-endian base-128 varint.
            tracks BLOB NOT NULL);
        CREATE INDEX playlists_by_owner ON playlists (owner_no);

        CREATE TABLE friendships (
            first_no INTEGER NOT NULL REFERENCES users (no),
            second_no INTEGER NOT NULL REFERENCES users (no),
            PRIMARY KEY (first_no, second_no)) WITHOUT ROWID;
        CREATE INDEX friendships_by_second ON friendships (second_no);

        CREATE TABLE model_counter (only INTEGER PRIMARY KEY CHECK (only = 1), reserved INTEGER NOT NULL);
        INSERT INTO model_counter VALUES (1, 0);
        CREATE TABLE models (
            version INTEGER PRIMARY KEY,
            folder TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            manifest_sha256 TEXT NOT NULL,
            watermark INTEGER NOT NULL);
        -- The journal of commits. Its last row is the truth about which version is served.
        CREATE TABLE model_commits (
            epoch INTEGER PRIMARY KEY,
            version INTEGER NOT NULL REFERENCES models (version),
            at INTEGER NOT NULL);

        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE imports (
            no INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL,
            at INTEGER NOT NULL,
            tracks INTEGER NOT NULL,
            playlists INTEGER NOT NULL,
            events INTEGER NOT NULL,
            friendships INTEGER NOT NULL);
        CREATE TABLE erased (hash BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
        """;
    // Two checkpoints of each listener: a new one takes the place of the older, so damage to it leaves the one before.
    // Segments tell when events were accepted; what was there before them counts as accepted now.
    private const string Version2 = """
        ALTER TABLE checkpoints RENAME TO former_checkpoints;
        CREATE TABLE checkpoints (
            user_no INTEGER NOT NULL REFERENCES users (no),
            slot INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            state BLOB NOT NULL,
            checksum BLOB NOT NULL,
            PRIMARY KEY (user_no, slot));
        INSERT INTO checkpoints SELECT user_no, 0, 0, offset, state, checksum FROM former_checkpoints;
        DROP TABLE former_checkpoints;

        CREATE TABLE segments (first_offset INTEGER PRIMARY KEY, started_at INTEGER NOT NULL);
        INSERT INTO segments SELECT min(offset), unixepoch() * 1000 FROM events HAVING count(*) > 0;
        CREATE TABLE log_state (only INTEGER PRIMARY KEY CHECK (only = 1), dropped_through INTEGER NOT NULL);
        INSERT INTO log_state VALUES (1, 0);
        """;

    // The doorman's record in one row, changed by compare-and-set on its epoch. Commits from before it begin its journal:
    // action 6 is "current". What was ever current is retired (6), what is (5), and anything else waits to be validated (0).
    private const string Version3 = """
        CREATE TABLE doorman (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            epoch INTEGER NOT NULL,
            current INTEGER NOT NULL,
            canary TEXT,
            rollout TEXT,
            nodes TEXT NOT NULL,
            fencing TEXT NOT NULL);
        INSERT INTO doorman SELECT 1, coalesce(max(epoch), 0),
            coalesce((SELECT version FROM model_commits ORDER BY epoch DESC LIMIT 1), 0), NULL, NULL, '[]', '[]' FROM model_commits;
        CREATE TABLE model_states (
            version INTEGER PRIMARY KEY REFERENCES models (version),
            state INTEGER NOT NULL,
            replaced INTEGER NOT NULL,
            reasons TEXT NOT NULL);
        INSERT INTO model_states
            SELECT version, CASE version WHEN (SELECT current FROM doorman) THEN 5 ELSE 6 END, before, '[]'
            FROM (SELECT version, coalesce(lag(version) OVER (ORDER BY epoch), 0) AS before,
                row_number() OVER (PARTITION BY version ORDER BY epoch) AS nth FROM model_commits)
            WHERE nth = 1;
        CREATE TABLE doorman_journal (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            epoch INTEGER NOT NULL,
            at INTEGER NOT NULL,
            action INTEGER NOT NULL,
            version INTEGER NOT NULL,
            who TEXT NOT NULL,
            why TEXT NOT NULL,
            reasons TEXT NOT NULL,
            metrics TEXT NOT NULL);
        INSERT INTO doorman_journal (epoch, at, action, version, who, why, reasons, metrics)
            SELECT epoch, at, 6, version, 'tool', '', '[]', '{}' FROM model_commits ORDER BY epoch;
        DROP TABLE model_commits;
        """;

    // An event costs less: its offset comes from a counter that is written once for each transaction instead of
    // AUTOINCREMENT's once for each row, and its user is not looked up again (who writes a row has just looked it up).
    private const string Version4 = """
        ALTER TABLE log_state ADD COLUMN last_number INTEGER NOT NULL DEFAULT 0;
        UPDATE log_state SET last_number = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0);
        ALTER TABLE events RENAME TO former_events;
        CREATE TABLE events (
            offset INTEGER PRIMARY KEY,
            user_no INTEGER NOT NULL,
            event_id TEXT NOT NULL,
            kind INTEGER NOT NULL,
            track_no INTEGER,
            playlist_no INTEGER,
            played_ms INTEGER,
            duration_ms INTEGER,
            occurred_at INTEGER NOT NULL,
            plays INTEGER NOT NULL,
            context TEXT,
            UNIQUE (user_no, event_id));
        INSERT INTO events SELECT offset, user_no, event_id, kind, track_no, playlist_no, played_ms, duration_ms, occurred_at, plays, context
            FROM former_events ORDER BY offset;
        DROP TABLE former_events;
        """;

    // What listeners chose about being seen.
    private const string Privacy = """
        CREATE TABLE invisible (user_no INTEGER PRIMARY KEY REFERENCES users (no));
        CREATE TABLE blocks (
            user_no INTEGER NOT NULL REFERENCES users (no),
            other_no INTEGER NOT NULL REFERENCES users (no),
            PRIMARY KEY (user_no, other_no)) WITHOUT ROWID;
        CREATE INDEX blocks_by_other ON blocks (other_no);
        """;
}
