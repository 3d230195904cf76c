"""Services and folders for the tests of workflows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gradatim.graphs import open_services
from gradatim.graphs.services import Services
from gradatim.settings import Settings


@pytest.fixture
async def plain_services(tmp_path: Path) -> AsyncIterator[Services]:
    """Real services without a model and without the search for repairs."""
    settings = Settings(data_dir=tmp_path / "data", model="none", workers=1, repair_seconds=0.0)
    async with open_services(settings) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes files beside each other and gives their folder."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            stem, _, ending = name.rpartition("_")
            (tmp_path / f"{stem}.{ending}").write_text(text, encoding="utf-8")
        return tmp_path

    return write
