"""The learner memory in a PostgreSQL database."""

from gradatim.memory.storage.postgres.log import PostgresEventLog

__all__ = ["PostgresEventLog"]
