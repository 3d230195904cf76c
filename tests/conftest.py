"""What tests of several rooms need."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradatim.app.bench.retrieval.arcade import ArcadeServer, NoServer, arcade_server
from gradatim.kg.neo4j import Server
from tests import bolt
from tests.engine import NoEngine, docker_engine
from tests.postgres import _postgres_database, mortal_postgres, postgres_server, postgres_url

__all__ = ["_postgres_database", "mortal_postgres", "postgres_server", "postgres_url"]


@pytest.fixture(scope="session")
def docker_host() -> Iterator[str]:
    """Address of a Docker Engine; where there is none, the test is skipped with the reason."""
    try:
        with docker_engine() as address:
            yield address
    except NoEngine as reason:
        pytest.skip(f"no Docker Engine: {reason}")


@pytest.fixture(scope="session", params=bolt.KINDS)
def graph_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A graph server that speaks Bolt; where there is none, the test is skipped with the reason."""
    try:
        with bolt.graph_server(request.param) as server:
            yield server
    except NoServer as reason:
        pytest.skip(f"no graph server: {reason}")


@pytest.fixture(scope="session")
def _mortal() -> Iterator[ArcadeServer]:
    try:
        with arcade_server() as server:
            yield server
    except NoServer as reason:
        pytest.skip(f"no graph server: {reason}")


@pytest.fixture
def mortal(_mortal: ArcadeServer) -> ArcadeServer:
    """A graph server that a test may kill."""
    if not _mortal.running:
        _mortal.start()
    return _mortal


def pytest_configure() -> None:
    # A shell that starts the tests in the background has them, and all that they start, ignore Ctrl-C.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--tokenizer",
        type=Path,
        metavar="PATH",
        help="ChatGLM3's published tokenizer.model, on which the conversion of tokenizers is checked too.",
    )
