"""Tables, indices and guards of the SQLite file."""

from __future__ import annotations

SCHEMA_VERSION = 2

_ENCRYPTING = "EXISTS (SELECT 1 FROM marks WHERE name = 'encrypting')"

OBJECTS = {
    "events": """
        CREATE TABLE events (
            id TEXT PRIMARY KEY,
            learner TEXT NOT NULL,
            at INTEGER NOT NULL,      -- microseconds since 1970
            kind TEXT NOT NULL,
            body TEXT NOT NULL,       -- the whole event, canonical JSON, sealed where the store is encrypted
            changes TEXT NOT NULL     -- [[concept, mastery before, mastery after], ...] if it was recorded, or empty
        )""",
    "events_in_order": "CREATE INDEX events_in_order ON events (learner, at, id)",
    "events_by_kind": "CREATE INDEX events_by_kind ON events (kind, learner, at)",
    "forgetting": "CREATE TABLE forgetting (learner TEXT PRIMARY KEY)",
    "marks": "CREATE TABLE marks (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    "events_are_never_changed": f"""
        CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
        WHEN NOT {_ENCRYPTING} OR NEW.id <> OLD.id OR NEW.learner <> OLD.learner OR NEW.at <> OLD.at
        BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END""",
    "events_are_never_replaced": """
        CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
        WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
        BEGIN SELECT RAISE(FAIL, 'the event log is append-only'); END""",  # with ABORT, SQLite copies each page first
    "events_are_only_forgotten": """
        CREATE TRIGGER events_are_only_forgotten BEFORE DELETE ON events
        WHEN NOT EXISTS (SELECT 1 FROM forgetting WHERE learner = OLD.learner)
        BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END""",
    "learners": """
        CREATE TABLE learners (
            learner TEXT PRIMARY KEY,
            events INTEGER NOT NULL,
            last_at INTEGER NOT NULL, last_id TEXT NOT NULL, last_instant TEXT NOT NULL,
            due INTEGER NOT NULL,     -- number of events with which a snapshot is to be taken
            stamp INTEGER NOT NULL    -- another number after every change
        ) WITHOUT ROWID""",
    "estimates": """
        CREATE TABLE estimates (
            learner TEXT NOT NULL,
            at INTEGER NOT NULL, id TEXT NOT NULL, -- of the event after which they stood so
            ordinal INTEGER NOT NULL,
            events INTEGER NOT NULL,
            derivation TEXT NOT NULL, -- version of the formulas behind them
            body BLOB NOT NULL,       -- beliefs and progress of the profile, JSON, sealed where the store is encrypted
            PRIMARY KEY (learner, at, id)
        )""",
    "decisions": """
        CREATE TABLE decisions (
            id TEXT PRIMARY KEY,
            learner TEXT,
            at TEXT NOT NULL,
            body TEXT NOT NULL        -- the whole decision, canonical JSON, sealed where the store is encrypted
        )""",
    "decisions_of_a_learner": "CREATE INDEX decisions_of_a_learner ON decisions (learner, at, id)",
    "decisions_are_never_changed": f"""
        CREATE TRIGGER decisions_are_never_changed BEFORE UPDATE ON decisions
        WHEN NOT {_ENCRYPTING} OR NEW.id <> OLD.id OR NEW.learner IS NOT OLD.learner OR NEW.at <> OLD.at
        BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END""",
    "decisions_go_with_the_learner": """
        CREATE TRIGGER decisions_go_with_the_learner AFTER INSERT ON forgetting
        BEGIN DELETE FROM decisions WHERE learner = NEW.learner; END""",
    "used_tasks": "CREATE TABLE used_tasks (task TEXT PRIMARY KEY) WITHOUT ROWID",
}

OBJECTS_OF_VERSION_1 = (
    "events", "events_in_order", "forgetting", "events_are_never_changed", "events_are_never_replaced",
    "events_are_only_forgotten", "observations", "mastery", "learners",
)  # fmt: skip
"""What a file of the first version has at least; without any of them it is damaged."""

MIGRATION_TO_2 = (
    "DROP TRIGGER events_are_never_changed",
    "DROP TRIGGER events_are_never_replaced",
    "DROP TRIGGER IF EXISTS decisions_are_never_changed",
    "ALTER TABLE learners RENAME TO learners_1",
    OBJECTS["learners"],
    # estimates are computed anew from the events when they are asked for
    """
    INSERT INTO learners
    SELECT learner, events, last_at, last_id, last_instant, 0, abs(random() / 2) FROM learners_1""",
    "DROP TABLE learners_1",
    "DROP TABLE mastery",
    "DROP TABLE observations",
)
"""From the first version; the events stay as they are. What is new is made afterwards."""
