"""The event logs over SQLite and PostgreSQL do the same, encrypted or not.

That over a plain SQLite file is tested with the whole memory (`tests/memory/test_embedded.py`); a key does its work
above the databases, so that one of them is enough here, and `test_encryption.py` has the rest.
"""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr

from gradatim.memory.storage.opening import open_log
from gradatim.memory.storage.protocol import EventLog
from gradatim.settings import Settings
from tests.memory.storage.conformance import EventLogConformance, Reopen

KEY = SecretStr(base64.b64encode(bytes(range(32))).decode())


def opener(settings: Settings) -> Reopen:
    def reopen() -> EventLog:
        return open_log(settings)

    return reopen


class TestEncryptedSQLite(EventLogConformance):
    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Reopen:
        return opener(Settings(data_dir=tmp_path, memory_key=KEY))


class TestPostgres(EventLogConformance):
    @pytest.fixture
    def reopen(self, tmp_path: Path, postgres_url: str) -> Reopen:
        return opener(Settings(data_dir=tmp_path, database=postgres_url))
