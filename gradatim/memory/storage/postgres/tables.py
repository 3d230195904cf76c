"""Tables, indices and guards in PostgreSQL, all in a schema of their own.

Text is compared by code points (`COLLATE "C"`), as in SQLite and in Python.
"""

from __future__ import annotations

SCHEMA = "gradatim"
SCHEMA_VERSION = 2
"""Counts as that of SQLite does: version 2 is the first one in PostgreSQL."""

_ENCRYPTING = f"EXISTS (SELECT 1 FROM {SCHEMA}.marks WHERE name = 'encrypting')"
_REFUSED = "RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'integrity_constraint_violation'"

STATEMENTS = (
    f"CREATE TABLE {SCHEMA}.versions (version integer NOT NULL)",
    f"CREATE TABLE {SCHEMA}.marks (name text PRIMARY KEY, value bytea NOT NULL)",
    f'CREATE TABLE {SCHEMA}.forgetting (learner text COLLATE "C" PRIMARY KEY)',
    f"""
    CREATE TABLE {SCHEMA}.events (
        id text COLLATE "C" PRIMARY KEY,
        learner text COLLATE "C" NOT NULL,
        at bigint NOT NULL,
        kind text COLLATE "C" NOT NULL,
        body bytea NOT NULL,
        changes bytea NOT NULL
    )""",
    f"CREATE INDEX events_in_order ON {SCHEMA}.events (learner, at, id)",
    f"CREATE INDEX events_by_kind ON {SCHEMA}.events (kind, learner, at)",
    f"""
    CREATE TABLE {SCHEMA}.learners (
        learner text COLLATE "C" PRIMARY KEY,
        events bigint NOT NULL,
        last_at bigint NOT NULL, last_id text COLLATE "C" NOT NULL, last_instant text NOT NULL,
        due bigint NOT NULL,
        stamp bigint NOT NULL
    )""",
    f"""
    CREATE TABLE {SCHEMA}.estimates (
        learner text COLLATE "C" NOT NULL,
        at bigint NOT NULL, id text COLLATE "C" NOT NULL,
        ordinal bigint NOT NULL,
        events bigint NOT NULL,
        derivation text NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (learner, at, id)
    )""",
    f"""
    CREATE TABLE {SCHEMA}.decisions (
        id text COLLATE "C" PRIMARY KEY,
        learner text COLLATE "C",
        at text COLLATE "C" NOT NULL,
        body bytea NOT NULL
    )""",
    f"CREATE INDEX decisions_of_a_learner ON {SCHEMA}.decisions (learner, at, id)",
    # the server's statistics would keep ids and texts after they are forgotten
    *(
        f"ALTER TABLE {SCHEMA}.{table} ALTER COLUMN {column} SET STATISTICS 0"
        for table, columns in {
            "events": ("id", "learner", "body", "changes"),
            "learners": ("learner", "last_id", "last_instant"),
            "estimates": ("learner", "id", "body"),
            "decisions": ("id", "learner", "body"),
            "forgetting": ("learner",),
        }.items()
        for column in columns
    ),
    f'CREATE TABLE {SCHEMA}.used_tasks (task text COLLATE "C" PRIMARY KEY)',
    f"""
    CREATE FUNCTION {SCHEMA}.events_are_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF NOT EXISTS (SELECT 1 FROM {SCHEMA}.forgetting WHERE learner = OLD.learner) THEN {_REFUSED}; END IF;
            RETURN OLD;
        END IF;
        IF TG_OP = 'TRUNCATE' OR NOT {_ENCRYPTING} THEN {_REFUSED}; END IF;
        IF (NEW.id, NEW.learner, NEW.at) IS DISTINCT FROM (OLD.id, OLD.learner, OLD.at) THEN {_REFUSED}; END IF;
        RETURN NEW;
    END $$""",
    f"""
    CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE ON {SCHEMA}.events
    FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.events_are_never_changed()""",
    f"""
    CREATE TRIGGER events_are_never_emptied BEFORE TRUNCATE ON {SCHEMA}.events
    FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.events_are_never_changed()""",
    f"""
    CREATE FUNCTION {SCHEMA}.decisions_are_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT {_ENCRYPTING} OR (NEW.id, NEW.learner, NEW.at) IS DISTINCT FROM (OLD.id, OLD.learner, OLD.at)
        THEN {_REFUSED}; END IF;
        RETURN NEW;
    END $$""",
    f"""
    CREATE TRIGGER decisions_are_never_changed BEFORE UPDATE ON {SCHEMA}.decisions
    FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.decisions_are_never_changed()""",
    f"INSERT INTO {SCHEMA}.versions VALUES ({SCHEMA_VERSION})",
)

OWN_TABLES = ("events", "estimates", "learners", "decisions", "forgetting")
"""Those that hold something about learners."""
EXPECTED = (*OWN_TABLES, "marks", "used_tasks", "versions")
EXPECTED_TRIGGERS = ("events_are_never_changed", "events_are_never_emptied", "decisions_are_never_changed")
