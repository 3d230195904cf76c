from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from gradatim.serving.chat import OpenAIChat
from gradatim.serving.embedded import EmbeddedTransport, close_engines
from tests.serving.embedded.tiny import write_tiny_model


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture(scope="module")
def tiny(tiny_file: Path) -> Generator[EmbeddedTransport]:
    """A real engine with a tiny model, loaded once for all tests of a module."""
    yield EmbeddedTransport(tiny_file, threads=1)
    close_engines()


@pytest.fixture
def talker(tiny: EmbeddedTransport) -> OpenAIChat:
    return OpenAIChat(model="tiny", transport=tiny, temperature=0.0, max_tokens=8)
