"""What tests of several rooms need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine import NoEngine, docker_engine


@pytest.fixture(scope="session")
def docker_host() -> Iterator[str]:
    """Address of a Docker Engine; where there is none, the test is skipped with the reason."""
    try:
        with docker_engine() as address:
            yield address
    except NoEngine as reason:
        pytest.skip(f"no Docker Engine: {reason}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--tokenizer",
        type=Path,
        metavar="PATH",
        help="ChatGLM3's published tokenizer.model, on which the conversion of tokenizers is checked too.",
    )
