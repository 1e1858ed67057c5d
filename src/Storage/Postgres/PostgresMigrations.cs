namespace Buddies.Storage.Postgres;

/// <summary>The schema's versions, each as the step from the one before. Steps that have shipped are never edited.</summary>
internal static class PostgresMigrations
{
    /// <summary>Step n leads to version n + 1. <c>{schema}</c> stands for the schema's quoted name.</summary>
    public static IReadOnlyList<string> All { get; } = [Tables, Segments, Doorman, Privacy];

    // Ids are texts of up to 128 characters; every table but the three of ids names them by number. Numbers and offsets are
    // never given out twice. A user's number modulo 64 is the user's partition. Times are Unix milliseconds, UTC.
    private const string Tables = """
        CREATE SEQUENCE user_numbers;
        CREATE TABLE users (no bigint PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE);
        CREATE TABLE track_ids (no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE);
        CREATE TABLE playlist_ids (no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE);

        -- Two of each listener: a new one takes the place of the older, so damage to it leaves the one before.
        CREATE TABLE checkpoints (
            user_no bigint NOT NULL REFERENCES users (no),
            slot smallint NOT NULL,
            revision bigint NOT NULL,
            log_offset bigint NOT NULL,
            state bytea NOT NULL,
            checksum bytea NOT NULL,
            PRIMARY KEY (user_no, slot));
        -- The states are packed already.
        ALTER TABLE checkpoints ALTER COLUMN state SET STORAGE EXTERNAL;

        -- The position is the order of first addition; an upsert leaves it alone.
        CREATE TABLE tracks (
            position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            track_no bigint NOT NULL UNIQUE REFERENCES track_ids (no),
            title text NOT NULL,
            artist text NOT NULL,
            tags text NOT NULL);
        CREATE TABLE playlists (
            position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            playlist_no bigint NOT NULL UNIQUE REFERENCES playlist_ids (no),
            title text NOT NULL,
            owner_no bigint NOT NULL REFERENCES users (no),
            public boolean NOT NULL,
            followers integer NOT NULL,
            tracks bigint[] NOT NULL);
        CREATE INDEX playlists_by_owner ON playlists (owner_no);

        CREATE TABLE friendships (
            first_no bigint NOT NULL REFERENCES users (no),
            second_no bigint NOT NULL REFERENCES users (no),
            PRIMARY KEY (first_no, second_no));
        CREATE INDEX friendships_by_second ON friendships (second_no);

        CREATE TABLE model_counter (one boolean PRIMARY KEY CHECK (one), reserved integer NOT NULL);
        INSERT INTO model_counter VALUES (true, 0);
        CREATE TABLE models (
            version integer PRIMARY KEY,
            folder text NOT NULL,
            created_at bigint NOT NULL,
            manifest_sha256 text NOT NULL,
            watermark bigint NOT NULL);
        -- The journal of commits. Its last row is the truth about which version is served.
        CREATE TABLE model_commits (
            epoch bigint PRIMARY KEY,
            version integer NOT NULL REFERENCES models (version),
            at bigint NOT NULL);

        CREATE TABLE settings (name text PRIMARY KEY, value text NOT NULL);
        CREATE TABLE imports (
            no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            source text NOT NULL,
            at bigint NOT NULL,
            tracks bigint NOT NULL,
            playlists bigint NOT NULL,
            events bigint NOT NULL,
            friendships bigint NOT NULL);
        CREATE TABLE erased (hash bytea PRIMARY KEY, at bigint NOT NULL);
        """;

    // The log, its segments and the keys of its events. Functions run with the rights of the schema's owner, so that a
    // role without the right to make or drop a table can begin and drop segments.
    private const string Segments = """
        CREATE TABLE events (
            segment integer NOT NULL,
            log_offset bigint NOT NULL,
            user_no bigint NOT NULL,
            track_no bigint,
            playlist_no bigint,
            occurred_at bigint NOT NULL,
            played_ms integer,
            duration_ms integer,
            plays integer NOT NULL,
            kind smallint NOT NULL,
            event_id text NOT NULL,
            context text,
            PRIMARY KEY (segment, log_offset)) PARTITION BY LIST (segment);

        -- A unique key cannot span partitions, so keys have a table of their own; it also finds a user's events.
        CREATE TABLE event_keys (
            user_no bigint NOT NULL,
            id_hash uuid NOT NULL,
            generation integer NOT NULL,
            log_offset bigint NOT NULL,
            PRIMARY KEY (user_no, id_hash, generation)) PARTITION BY LIST (generation);

        CREATE TABLE log_segments (
            segment integer PRIMARY KEY,
            first_offset bigint NOT NULL,
            last_offset bigint,
            started_at bigint NOT NULL);
        CREATE TABLE key_generations (generation integer PRIMARY KEY, started_at bigint NOT NULL, last_offset bigint);

        -- One row, locked by every append: commits are in the order of offsets, so a reader never skips any.
        CREATE TABLE log_head (
            one boolean PRIMARY KEY CHECK (one),
            last_number bigint NOT NULL,
            last_offset bigint NOT NULL,
            dropped_through bigint NOT NULL,
            segment integer NOT NULL,
            segment_first bigint NOT NULL,
            segment_started_at bigint NOT NULL,
            generation integer NOT NULL,
            erasures bigint NOT NULL);
        ALTER TABLE log_head SET (fillfactor = 10);
        INSERT INTO log_head VALUES (true, 0, 0, 0, 0, 0, 0, 0, 0);

        -- Attached rather than made in place: that does not shut readers out.
        CREATE FUNCTION begin_segment(now_ms bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = {schema}, pg_temp AS $$
        DECLARE
            head log_head%ROWTYPE;
            name text;
        BEGIN
            SELECT * INTO STRICT head FROM log_head FOR UPDATE;
            name := 'events_' || (head.segment + 1);
            UPDATE log_segments SET last_offset = head.last_offset WHERE segment = head.segment;
            EXECUTE format('CREATE TABLE %I (LIKE events)', name);
            EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES IN (%s)', name, head.segment + 1);
            INSERT INTO log_segments VALUES (head.segment + 1, head.last_number + 1, NULL, now_ms);
            UPDATE log_head SET segment = head.segment + 1, segment_first = head.last_number + 1, segment_started_at = now_ms;
        END $$;

        CREATE FUNCTION begin_generation(now_ms bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = {schema}, pg_temp AS $$
        DECLARE
            head log_head%ROWTYPE;
            name text;
        BEGIN
            SELECT * INTO STRICT head FROM log_head FOR UPDATE;
            name := 'event_keys_' || (head.generation + 1);
            UPDATE key_generations SET last_offset = head.last_offset WHERE generation = head.generation;
            EXECUTE format('CREATE TABLE %I (LIKE event_keys)', name);
            EXECUTE format('ALTER TABLE event_keys ATTACH PARTITION %I FOR VALUES IN (%s)', name, head.generation + 1);
            INSERT INTO key_generations VALUES (head.generation + 1, now_ms, NULL);
            UPDATE log_head SET generation = head.generation + 1;
        END $$;

        -- A segment's events were all accepted before the next one began. Keys outlive their events: a generation goes when
        -- the last of its events has gone, and a new one begins once the newest is as old as what is dropped.
        CREATE FUNCTION drop_segments(accepted_before bigint, through bigint, now_ms bigint) RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
        DECLARE
            before bigint;
            dropped bigint;
            part record;
        BEGIN
            SELECT dropped_through INTO STRICT before FROM log_head FOR UPDATE;
            dropped := before;
            FOR part IN
                SELECT s.segment, s.last_offset, n.started_at FROM log_segments s JOIN log_segments n ON n.segment = s.segment + 1
                ORDER BY s.segment
            LOOP
                EXIT WHEN part.started_at > accepted_before OR part.last_offset > through;
                EXECUTE format('DROP TABLE %I', 'events_' || part.segment);
                DELETE FROM log_segments WHERE segment = part.segment;
                dropped := greatest(dropped, part.last_offset);
            END LOOP;
            FOR part IN SELECT generation FROM key_generations WHERE last_offset <= dropped ORDER BY generation
            LOOP
                EXECUTE format('DROP TABLE %I', 'event_keys_' || part.generation);
                DELETE FROM key_generations WHERE generation = part.generation;
            END LOOP;
            IF (SELECT started_at FROM key_generations ORDER BY generation DESC LIMIT 1) <= accepted_before THEN
                PERFORM begin_generation(now_ms);
            END IF;
            IF dropped > before THEN
                UPDATE log_head SET dropped_through = dropped;
                UPDATE checkpoints f SET log_offset = n.log_offset, state = n.state, checksum = n.checksum FROM checkpoints n
                WHERE n.user_no = f.user_no AND n.revision > f.revision AND f.log_offset < dropped AND n.log_offset > f.log_offset;
            END IF;
            RETURN dropped;
        END $$;

        REVOKE ALL ON FUNCTION begin_segment, begin_generation, drop_segments FROM PUBLIC;
        SELECT begin_generation(0);
        """;

    // The doorman's record in one row, changed by compare-and-set on its epoch. Commits from before it begin its journal:
    // action 6 is "current". What was ever current is retired (6), what is (5), and anything else waits to be validated (0).
    private const string Doorman = """
        CREATE TABLE doorman (
            one boolean PRIMARY KEY CHECK (one),
            epoch bigint NOT NULL,
            current integer NOT NULL,
            canary text,
            rollout text,
            nodes text NOT NULL,
            fencing text NOT NULL);
        INSERT INTO doorman SELECT true, coalesce(max(epoch), 0),
            coalesce((SELECT version FROM model_commits ORDER BY epoch DESC LIMIT 1), 0), NULL, NULL, '[]', '[]' FROM model_commits;
        CREATE TABLE model_states (
            version integer PRIMARY KEY REFERENCES models (version),
            state integer NOT NULL,
            replaced integer NOT NULL,
            reasons text NOT NULL);
        INSERT INTO model_states
            SELECT version, CASE version WHEN (SELECT current FROM doorman) THEN 5 ELSE 6 END, before, '[]'
            FROM (SELECT version, coalesce(lag(version) OVER (ORDER BY epoch), 0) AS before,
                row_number() OVER (PARTITION BY version ORDER BY epoch) AS nth FROM model_commits) AS commits
            WHERE nth = 1;
        CREATE TABLE doorman_journal (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            epoch bigint NOT NULL,
            at bigint NOT NULL,
            action integer NOT NULL,
            version integer NOT NULL,
            who text NOT NULL,
            why text NOT NULL,
            reasons text NOT NULL,
            metrics text NOT NULL);
        INSERT INTO doorman_journal (epoch, at, action, version, who, why, reasons, metrics)
            SELECT epoch, at, 6, version, 'tool', '', '[]', '{}' FROM model_commits ORDER BY epoch;
        DROP TABLE model_commits;
        """;

    // What listeners chose about being seen.
    private const string Privacy = """
        CREATE TABLE invisible (user_no bigint PRIMARY KEY REFERENCES users (no));
        CREATE TABLE blocks (
            user_no bigint NOT NULL REFERENCES users (no),
            other_no bigint NOT NULL REFERENCES users (no),
            PRIMARY KEY (user_no, other_no));
        CREATE INDEX blocks_by_other ON blocks (other_no);
        """;
}
