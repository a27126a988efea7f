-- Which database the epoch was last looked at in: system identifier and oid. A dump that was restored has another, and lacks what was committed since.
ALTER TABLE log_state ADD COLUMN database text;

-- When the life of the server began in which the epoch was last looked at. Once this row is committed there, all that was committed before is where the settings of
-- replication want it, also what a crash left unconfirmed.
ALTER TABLE log_state ADD COLUMN server_start timestamptz;

-- A server process never changes its cluster or its database, and to read the identifier is to read a file: once for each process. The setting ends with it.
CREATE FUNCTION current_database_v1() RETURNS text
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    known text := current_setting('chat.database', true);
BEGIN
    IF known IS NULL OR known = '' THEN
        SELECT c.system_identifier || '/' || d.oid INTO STRICT known
        FROM pg_control_system() AS c, pg_database AS d
        WHERE d.datname = current_database();
        PERFORM set_config('chat.database', known, false);
    END IF;
    RETURN known;
END
$$;

UPDATE log_state SET database = current_database_v1();
ALTER TABLE log_state ALTER COLUMN database SET NOT NULL;

-- A log that may lack its tail never gets a number that a part of it had before: a restored backup would repeat the next one.
CREATE FUNCTION next_epoch_v1(epoch int) RETURNS int
LANGUAGE sql VOLATILE
AS $$ SELECT greatest(epoch + 1, (extract(epoch FROM clock_timestamp() - timestamptz '2026-01-01 00:00:00Z') / 60)::int) $$;

-- The epoch for a transaction that writes. Fails with CH001 where the epoch was not looked at: on a server that was promoted since, or in a database that is
-- another one. So nothing is ever appended under the epoch of a log whose tail may be lost, not even through a pooler that survives the failover.
CREATE OR REPLACE FUNCTION log_epoch_v1() RETURNS int
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    state log_state%ROWTYPE;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the log is written under READ COMMITTED only: a statement must see what was committed while it waited for a lock';
    END IF;
    SELECT * INTO STRICT state FROM log_state;
    IF state.timeline <> current_timeline_v1() OR state.database <> current_database_v1() THEN
        RAISE EXCEPTION 'the epoch was not looked at on this server' USING ERRCODE = 'CH001';
    END IF;
    RETURN state.epoch;
END
$$;

-- When this life of the server began. A crash of one process ends all sessions and recovers the log without a new start of the server; statistics begin anew then.
CREATE FUNCTION server_life_v1() RETURNS timestamptz
LANGUAGE sql VOLATILE
AS $$ SELECT greatest(pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter)) $$;

-- Compares the log with the server it is on, and writes down what differs: once for each start of a server, promotion and restore, whichever node comes first.
-- The epoch is raised where the tail may be missing. Answers a row when it wrote; its commit waits for all that was committed before.
CREATE FUNCTION look_at_log_v1(raise_on_promotion boolean) RETURNS TABLE (epoch int, timeline int, is_raised boolean, is_restored boolean)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    old log_state%ROWTYPE;
    restored boolean;
    raised boolean;
BEGIN
    SELECT * INTO STRICT old FROM log_state;
    IF old.timeline = current_timeline_v1() AND old.database = current_database_v1() AND old.server_start = server_life_v1() THEN
        RETURN;
    END IF;
    -- Another snapshot: somebody may have done it while we waited for the lock.
    SELECT * INTO STRICT old FROM log_state FOR NO KEY UPDATE;
    restored := old.database <> current_database_v1();
    raised := restored OR (raise_on_promotion AND old.timeline <> current_timeline_v1());
    RETURN QUERY
    UPDATE log_state
    SET epoch = CASE WHEN raised THEN next_epoch_v1(old.epoch) ELSE old.epoch END,
        timeline = current_timeline_v1(),
        database = current_database_v1(),
        server_start = server_life_v1()
    RETURNING epoch, timeline, raised, restored;
END
$$;
