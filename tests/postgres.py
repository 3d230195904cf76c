"""PostgreSQL servers of the tests: our own, or the one that the environment names.

`GRADATIM_TEST_POSTGRES="postgresql://user@host/database"` names a server; the tests then make a database of their own
there, so the user has to be allowed to. It is not killed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest

from gradatim.app.bench.storage.server import NoPostgres, PostgresServer
from gradatim.app.bench.storage.server import postgres_server as own_server

VARIABLE = "GRADATIM_TEST_POSTGRES"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server; where there is none, the test is skipped with the reason."""
    if named := os.environ.get(VARIABLE):
        yield PostgresServer(named)
        return
    try:
        with own_server(durable=False) as server:
            yield server
    except NoPostgres as reason:
        pytest.skip(f"no PostgreSQL ({VARIABLE} names none): {reason}")


@pytest.fixture(scope="session")
def _postgres_database(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.database()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def postgres_url(_postgres_database: str) -> str:
    """Address of a database in which nothing of gradatim is."""
    with psycopg.connect(_postgres_database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("SET client_min_messages = warning")
        connection.execute("DROP SCHEMA IF EXISTS gradatim CASCADE")
    return _postgres_database


@pytest.fixture(scope="session")
def mortal_postgres() -> Iterator[PostgresServer]:
    """A server that asks the disk at each commit and that a test may kill; the test has to start it again."""
    try:
        with own_server(durable=True) as server:
            yield server
    except NoPostgres as reason:
        pytest.skip(f"no PostgreSQL to kill: {reason}")
