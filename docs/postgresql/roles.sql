-- Two roles for Buddies: the owner changes the schema, the application reads and writes rows.
-- Run it as a superuser in the database that is to hold Buddies, and once more after the schema was first made:
-- the second run takes away what the application does not need. Running it again changes nothing.
--
--   psql -d buddies -f roles.sql
--   psql -d buddies -c '\password buddies_owner' -c '\password buddies_app'

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'buddies_owner') THEN
        CREATE ROLE buddies_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'buddies_app') THEN
        CREATE ROLE buddies_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
END $$;

CREATE SCHEMA IF NOT EXISTS buddies AUTHORIZATION buddies_owner;
REVOKE ALL ON SCHEMA buddies FROM PUBLIC;
GRANT USAGE ON SCHEMA buddies TO buddies_app;

-- What the owner will make. Segments of the log are made and dropped by functions with the owner's rights.
ALTER DEFAULT PRIVILEGES FOR ROLE buddies_owner IN SCHEMA buddies
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO buddies_app;
ALTER DEFAULT PRIVILEGES FOR ROLE buddies_owner IN SCHEMA buddies
    GRANT USAGE ON SEQUENCES TO buddies_app;
ALTER DEFAULT PRIVILEGES FOR ROLE buddies_owner IN SCHEMA buddies
    GRANT EXECUTE ON FUNCTIONS TO buddies_app;

-- What it made already: the log is appended to and erased from, never changed; journals and versions only grow.
DO $$
BEGIN
    IF to_regclass('buddies.schema_versions') IS NOT NULL THEN
        REVOKE INSERT, UPDATE, DELETE ON buddies.schema_versions, buddies.log_segments, buddies.key_generations FROM buddies_app;
        REVOKE UPDATE ON buddies.events, buddies.event_keys, buddies.models, buddies.doorman_journal, buddies.imports FROM buddies_app;
        REVOKE INSERT, DELETE ON buddies.log_head, buddies.model_counter, buddies.doorman FROM buddies_app;
        REVOKE DELETE ON buddies.models, buddies.model_states, buddies.doorman_journal, buddies.imports, buddies.erased, buddies.settings,
            buddies.tracks, buddies.track_ids, buddies.playlist_ids FROM buddies_app;
    END IF;
END $$;
