"""The memory on disk is a learner memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.memory import LearnerMemory, open_memory
from gradatim.settings import Settings
from tests.memory.conformance import LearnerMemoryConformance, Reopen
from tests.memory.material import HashingEmbedder, event, recollection


class TestEmbeddedMemory(LearnerMemoryConformance):
    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Reopen:
        def reopen() -> LearnerMemory:
            return open_memory(Settings(data_dir=tmp_path / "data"), HashingEmbedder())

        return reopen


async def test_forgotten_text_is_nowhere_in_the_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    secret = "xylophone-7421"
    async with open_memory(Settings(data_dir=data), HashingEmbedder()) as memory:
        await memory.append(
            [event(n, (secret, True), learner_id=secret, payload={"code": f"{secret} " * 500}) for n in range(20)]
        )
        await memory.append([event(n, ("loops", True), id=f"other{n}", learner_id="ben") for n in range(20)])
        for n in range(20):
            await memory.remember([recollection(f"r{n}", f"{secret} {n}", learner_id=secret, concepts=(secret,))])
            await memory.remember([recollection(f"r{n}", f"ben {n}", learner_id="ben")])
        assert files_with(data, secret)
        await memory.forget(secret)
        assert files_with(data, secret) == []
        assert len(await memory.recall("ben", "ben 1", limit=50)) == 20
    assert files_with(data, secret) == []


async def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    async with open_memory(Settings(data_dir=tmp_path / "data"), HashingEmbedder()) as memory:
        await memory.record(event(1))
        await memory.remember([recollection("r", "text")])
        for path in (tmp_path / "data" / "memory.sqlite3", tmp_path / "data" / "recall"):
            assert path.stat().st_mode & 0o077 == 0


def files_with(folder: Path, text: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
