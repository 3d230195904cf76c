from __future__ import annotations

from pathlib import Path

import pytest

from tests.serving.conversion.pieces import train_pieces


@pytest.fixture(scope="session")
def pieces_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`tokenizer.model` trained for these tests."""
    return train_pieces(tmp_path_factory.mktemp("pieces"))


@pytest.fixture(scope="session")
def published_model(request: pytest.FixtureRequest) -> Path:
    """The published `tokenizer.model`; where none is given, the test is skipped with the reason."""
    path: Path | None = request.config.getoption("--tokenizer")
    if path is None:
        pytest.skip("needs ChatGLM3's own tokenizer: pytest --tokenizer PATH/tokenizer.model")
    return path
