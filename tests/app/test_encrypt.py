"""A whole installation that is encrypted: from the start in PostgreSQL, or later in files."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

import pytest

from gradatim.memory.storage.opening import open_log
from gradatim.settings import load_settings
from tests.app.conftest import Invoke

KEY = base64.b64encode(bytes(range(32))).decode()
SECRET = "xylophone_7421"
WRONG = f"def sum_up_to({SECRET}):\n    return {SECRET}\n"


@pytest.fixture
def workbench(files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADATIM_MODEL", "none")
    (files / "wrong.py").write_text(WRONG, "utf-8")
    return files


def assess(invoke: Invoke) -> None:
    result = invoke("assess", "task.yaml", "wrong.py", "--learner", "anna", "--json")
    assert result.exit_code in (0, 1), result.output
    assert json.loads(result.stdout)


def readable(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_an_installation_is_encrypted_in_place(
    workbench: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    assess(invoke)
    assert readable(workbench / "data")
    before = json.loads(invoke("learner", "show", "anna", "--json").stdout)["mastery"]
    assert invoke("learner", "encrypt").exit_code == 2
    monkeypatch.setenv("GRADATIM_MEMORY_KEY", KEY)
    refused = invoke("learner", "show", "anna")
    assert (refused.exit_code, "learner encrypt" in refused.stderr) == (3, True)
    done = json.loads(invoke("learner", "encrypt", "--json").stdout)
    assert done["begun"] == "now"
    assert done["encrypted_rows"] > 0
    assert done["encrypted_records"] > 0
    assert readable(workbench / "data") == []
    assert json.loads(invoke("learner", "show", "anna", "--json").stdout)["mastery"] == before
    exported = invoke("learner", "export", "anna").stdout
    assert SECRET in exported
    assert invoke("learner", "encrypt").stdout == "everything is encrypted already\n"
    assess(invoke)
    assert readable(workbench / "data") == []
    for key in ("", base64.b64encode(bytes(32)).decode()):
        monkeypatch.setenv("GRADATIM_MEMORY_KEY", key)
        assert invoke("learner", "show", "anna").exit_code in (2, 3)


@pytest.mark.parametrize("key", ["", KEY], ids=["plain", "encrypted"])
def test_everything_lies_in_postgres(
    workbench: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch, postgres_url: str, key: str
) -> None:
    monkeypatch.setenv("GRADATIM_DATABASE", postgres_url)
    if key:
        monkeypatch.setenv("GRADATIM_MEMORY_KEY", key)
    assess(invoke)
    assert list((workbench / "data").glob("*.sqlite3*")) == []
    shown = json.loads(invoke("learner", "show", "anna", "--json").stdout)
    assert shown["events"] > 0
    exported = json.loads(invoke("learner", "export", "anna").stdout)
    assert exported["records"]
    assert SECRET in json.dumps(exported)

    async def traces() -> list[str]:
        async with open_log(load_settings()) as log:
            return await log.traces([SECRET.encode()])

    assert bool(asyncio.run(traces())) != bool(key)
    forgotten = invoke("learner", "forget", "anna", "--yes", "--json")
    assert forgotten.exit_code == 0, forgotten.output
    assert json.loads(forgotten.stdout)["deleted_assessments"] == 1
    assert asyncio.run(traces()) == []
    assert json.loads(invoke("learner", "list", "--json").stdout) == {"learners": []}
