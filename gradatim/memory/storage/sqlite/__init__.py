"""The learner memory in one SQLite file."""

from gradatim.memory.storage.sqlite.log import SQLiteEventLog

__all__ = ["SQLiteEventLog"]
