"""Forgetting reaches everything that is kept, proves it, and goes on after it was cut off at any point."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradatim.app import forgetting
from gradatim.app.bench.forget.store import HashEmbedder, Somebody, fill, somebody
from gradatim.app.forgetting import Forgotten, forget_learner
from gradatim.errors import StorageError
from gradatim.memory import open_memory
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.memory.rights.journal import Journal
from gradatim.settings import Settings, load_settings
from tests.app.conftest import Invoke, objects

LEARNERS = 55


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No search for repairs: what is written about a learner is asked for here, not how good it is."""
    monkeypatch.setenv("GRADATIM_REPAIR_SECONDS", "0")


def holding(folder: Path, texts: list[bytes], apart: str = "forgetting") -> list[str]:
    """Files in which one of the texts stands, read byte by byte."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and apart not in path.parts and any(text in path.read_bytes() for text in texts)
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small store with everything that gradatim keeps about some learners."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "written").mkdir()
    asyncio.run(fill(settings_of(folder), LEARNERS, folder / "written", recalled=25))
    return folder


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Settings:
    """A copy of it; what was written outside is registered where it lies now."""
    import shutil

    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    register = tmp_path / "data" / "artefacts.sqlite3"
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(register, isolation_level=None)) as base:
        for table in ("files", "owners"):
            base.execute(f"UPDATE {table} SET path = replace(path, ?, ?)", (str(filled), str(tmp_path)))
        base.execute("VACUUM")
    return settings_of(tmp_path)


def settings_of(folder: Path) -> Settings:
    return Settings(data_dir=folder / "data", response_cache=folder / "answers.sqlite3", model="none")


def forget(settings: Settings, learner: Somebody) -> Forgotten:
    async def run() -> Forgotten:
        async with open_memory(settings, HashEmbedder()) as memory:
            return await forget_learner(settings, memory, learner.id)

    return asyncio.run(run())


def learners_of(settings: Settings) -> int:
    async def count() -> int:
        async with open_memory(settings, HashEmbedder()) as memory:
            return len(await memory.learners())

    return asyncio.run(count())


def test_everything_goes_and_nobody_else_is_touched(store: Settings, tmp_path: Path) -> None:
    learner = somebody(50)  # of those with an unfinished run, a decision and a report
    before = holding(tmp_path, learner.texts())
    assert {"data/memory.sqlite3", "data/checkpoints.sqlite3", "data/store.sqlite3", "written/results.jsonl",
            "written/pairs.jsonl", "written/report-50.html", "data/artefacts.sqlite3"} <= set(before)  # fmt: skip
    others = (tmp_path / "written" / "results.jsonl").read_text().splitlines()
    done = forget(store, learner)
    assert (done.events, done.records, done.decisions, done.answers) == (4, 2, 1, 1)
    assert {item.artefact.path.name: item.fate for item in done.files} == {
        "results.jsonl": "cleaned", "pairs.jsonl": "cleaned", "report-50.html": "deleted",
    }  # fmt: skip
    assert done.complete
    assert done.scan.files > 10
    assert holding(tmp_path, learner.texts(), apart="") == []
    assert not Journal.of(store).folder.exists()
    assert learners_of(store) == LEARNERS - 1
    left = (tmp_path / "written" / "results.jsonl").read_text().splitlines()
    assert left == [line for line in others if json.loads(line)["learner"] != learner.id]
    again = forget(store, learner)
    assert (again.events, again.records, again.decisions, again.answers) == (0, 0, 0, 0)
    assert again.complete


def failing(replaced: Callable[..., Any]) -> Callable[..., Any]:
    """What takes the place of a step and fails."""

    def fail(*_: object, **__: object) -> None:
        raise StorageError("the lights went out")

    async def fail_later(*_: object, **__: object) -> None:
        fail()

    return fail_later if asyncio.iscoroutinefunction(replaced) else fail


STEPS: dict[str, tuple[Any, str]] = {
    "after noting": (forgetting, "_forget_answers"),
    "before files": (Artefacts, "forget"),
    "before records": (forgetting, "erase_records"),
    "before the proof": (forgetting, "_proof"),
    "before the end": (Journal, "end"),
}


@pytest.mark.parametrize("step", STEPS)
def test_cut_off_at_any_step_it_is_complete_the_next_time(
    store: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    learner = somebody(0)
    place, name = STEPS[step]
    with monkeypatch.context() as patch:
        patch.setattr(place, name, failing(getattr(place, name)))
        with pytest.raises(StorageError, match="lights"):
            forget(store, learner)
    assert [entry.learner_id for entry in Journal.of(store).unfinished()] == [learner.id]
    done = forget(store, learner)
    assert done.complete
    assert done.resumed
    assert done.scan.needles > 5  # of the first try, though what they were taken from may be gone
    assert holding(tmp_path, learner.texts(), apart="") == []
    assert not Journal.of(store).folder.exists()
    assert learners_of(store) == LEARNERS - 1


KILLED = """
import asyncio, os, signal, sys
from gradatim.app import forgetting
from gradatim.app.bench.forget.process import main
from gradatim.memory.storage.log import StoredEventLog

forget = StoredEventLog.forget

async def die(self, learner_id):
    await forget(self, learner_id)
    os.kill(os.getpid(), signal.SIGKILL)

StoredEventLog.forget = die
asyncio.run(main(sys.argv[1]))
"""


def test_killed_when_the_events_are_gone_and_the_rest_is_not(store: Settings, tmp_path: Path) -> None:
    learner = somebody(50)
    environment = {
        **os.environ, "GRADATIM_DATA_DIR": str(store.data_dir), "GRADATIM_RESPONSE_CACHE": str(store.response_cache)
    }  # fmt: skip
    killed = subprocess.run([sys.executable, "-c", KILLED, learner.id], env=environment, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert Journal.of(store).find(learner.id) is not None
    done = forget(store, learner)
    assert (done.scan.traces, done.left) == ([], [])
    assert (done.events, done.resumed, done.complete) == (0, True, True)
    assert holding(tmp_path, learner.texts(), apart="") == []


def test_what_is_left_is_told_and_the_note_stays(store: Settings, tmp_path: Path) -> None:
    learner = somebody(7)
    note = store.data_dir / "notes.txt"
    note.write_bytes(b"call " + learner.id.encode() + b" back")
    done = forget(store, learner)
    assert not done.complete
    assert [place.split(":")[0] for place in done.scan.traces] == [str(note)]
    assert Journal.of(store).find(learner.id) is not None
    note.unlink()
    assert forget(store, learner).complete
    assert not Journal.of(store).folder.exists()


def test_a_report_that_was_changed_is_left_to_a_person(store: Settings, tmp_path: Path) -> None:
    learner = somebody(50)
    report = tmp_path / "written" / "report-50.html"
    report.write_text(report.read_text() + "<p>a teacher's note</p>")
    done = forget(store, learner)
    assert [(item.artefact.path, item.fate) for item in done.left] == [(report, "changed")]
    assert any(str(report) in place for place in done.scan.traces)
    report.unlink()
    assert forget(store, learner).complete


# -------------------------------------------------------------------------------------- the command


@pytest.fixture
def worked(invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Assessments of ada and bo: delivered ones, one that waits for a person, a report, results."""
    monkeypatch.setenv("GRADATIM_RESPONSE_CACHE", str(files / "data" / "answers.sqlite3"))
    (files / "wrong.py").write_text(
        (files / "wrong.py").read_text() + "\n# handed in by the one and only ada, who likes marbles\n"
    )
    assert invoke(
        "assess", "task.yaml", "wrong.py", "right.py", "--model", "none", "--learner", "ada",
        "--html", "reports", "--jsonl", "out.jsonl",
    ).exit_code == 0  # fmt: skip
    assert invoke("assess", "task.yaml", "right.py", "--model", "none", "--learner", "bo").exit_code == 0
    with monkeypatch.context() as patch:
        patch.setenv("GRADATIM_DELIVER_THRESHOLD", "1")
        assert invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--learner", "ada").exit_code == 1
    os.rename(files / "wrong.py", files.parent / "the-learners-own-copy.py")
    return lambda: holding(files, [b'"ada"', b"who likes marbles", b"\xa3ada", b">ada<"], apart="")


def test_on_the_command_line(invoke: Invoke, files: Path, worked: Callable[[], list[str]]) -> None:
    assert {"out.jsonl", "data/memory.sqlite3", "data/store.sqlite3", "data/checkpoints.sqlite3"} <= set(worked())
    told = invoke("learner", "export", "ada", "--json")
    assert told.exit_code == 0, told.stderr
    exported = json.loads(told.stdout)
    assert len(exported["files"]) == 3
    assert len(exported["unfinished"]) == 1
    assert [item["given"] for item in exported["consents"]] == [True, False, False]
    result = invoke("learner", "forget", "ada", "--yes")
    assert result.exit_code == 0, result.stdout
    lines = result.stdout.splitlines()
    assert lines[0] == "forgot ada: 2 events, 3 assessments, 3 files deleted"
    assert any(line.endswith("nothing found") for line in lines)
    assert worked() == []
    assert not list((files / "reports").iterdir())
    assert invoke("learner", "show", "bo").exit_code == 0
    assert json.loads(invoke("review", "list", "--json").stdout) == {"reviews": [], "questions": []}


def test_other_commands_warn_and_the_command_goes_on_without_an_id(
    invoke: Invoke, files: Path, worked: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "erase_records", failing(forgetting.erase_records))
        assert invoke("learner", "forget", "ada", "--yes").exit_code == 3
    for arguments in (("learner", "list"), ("assess", "task.yaml", "right.py", "--model", "none")):
        assert "forgetting ada was begun and is not proved" in invoke(*arguments).stderr
    result = invoke("learner", "forget", "--yes", "--json")
    assert result.exit_code == 0, result.stdout
    (told,) = objects(result.stdout)
    assert (told["learner_id"], told["resumed"], told["complete"]) == ("ada", True, True)
    assert worked() == []
    assert "warning" not in invoke("learner", "list").stderr
    nothing = invoke("learner", "forget")
    assert nothing.exit_code == 2
    assert "nothing is unfinished" in nothing.stderr


def test_a_damaged_note_keeps_nobody_from_their_work(invoke: Invoke, files: Path) -> None:
    folder = files / "data" / "forgetting"
    folder.mkdir(parents=True)
    (folder / "x.json").write_text("{")
    result = invoke("learner", "list")
    assert result.exit_code == 0
    assert "damaged" in result.stderr


def test_rows_of_a_batch_and_its_ledger(invoke: Invoke, files: Path) -> None:
    for learner in ("ada-l", "bo-b"):
        (files / learner).mkdir()
        (files / learner / "p.py").write_text("def sum_up_to(n):\n    return sum(range(n + 1))\n")
    batch = (
        "batch",
        "task.yaml",
        "ada-l",
        "bo-b",
        "--out",
        "rows.jsonl",
        "--model",
        "none",
        "--learner-from",
        "folder",
    )
    assert invoke(*batch).exit_code == 0
    assert b"ada-l" in (files / "rows.jsonl.ledger").read_bytes()
    result = invoke("learner", "forget", "ada-l", "--yes")
    assert result.exit_code == 0, result.stdout
    assert "rows.jsonl: 1 row taken out" in result.stdout
    assert [row["learner"] for row in objects((files / "rows.jsonl").read_text())] == ["bo-b"]
    assert holding(files, [b"ada-l"], apart="ada-l") == []
    # the program is still in the input: whoever goes on with the batch has it assessed anew, and only it
    again = invoke(*batch, "--json")
    assert again.exit_code == 0, again.stderr
    assert sorted(row["learner"] for row in objects((files / "rows.jsonl").read_text())) == ["ada-l", "bo-b"]


def test_training_data_that_were_exported(invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_ASSUMED_CONSENT", "personalisation, improvement")
    monkeypatch.setenv("GRADATIM_DELIVER_THRESHOLD", "1")
    for learner, program in (("ada", "wrong.py"), ("bo", "right.py")):
        run = f"run-{learner}"
        assert invoke(
            "assess", "task.yaml", program, "--model", "none", "--learner", learner, "--thread", run
        ).exit_code == 1  # fmt: skip
        assert invoke("review", "decide", run, "--approve", "--reviewer", "grace").exit_code == 0
    assert invoke("review", "export", "--format", "kto", "--everybody", "--out", "kto.jsonl").exit_code == 0
    before = objects((files / "kto.jsonl").read_text())
    assert len(before) == 2
    result = invoke("learner", "forget", "ada", "--yes")
    assert result.exit_code == 0, result.stdout
    assert "1 decision" in result.stdout
    assert objects((files / "kto.jsonl").read_text()) == [before[1]]


def test_with_pseudonyms_either_name_forgets(invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_PSEUDONYMS", "true")
    os.rename(files / "wrong.py", files / "ada-lovelace.py")
    assess = ("assess", "task.yaml", "ada-lovelace.py", "--model", "none", "--learner", "ada-lovelace")
    assert invoke(*assess, "--jsonl", "out.jsonl").exit_code == 0
    assert holding(files, [b"ada-lovelace"], apart="") == ["out.jsonl"]  # the row names the file that was read
    (pseudonym,) = (item["learner_id"] for item in json.loads(invoke("learner", "list", "--json").stdout)["learners"])
    shown = json.loads(invoke("learner", "show", "ada-lovelace", "--json").stdout)
    assert shown["learner_id"] == pseudonym
    assert json.loads(invoke("learner", "show", pseudonym, "--json").stdout)["events"] == shown["events"] == 1
    result = invoke("learner", "forget", "ada-lovelace", "--yes")
    assert result.exit_code == 0, result.stdout
    assert holding(files / "data", [pseudonym.encode(), b"ada-lovelace"], apart="") == []


def test_who_was_stored_before_pseudonyms_is_forgotten_under_both_names(
    invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assess = ("assess", "task.yaml", "right.py", "--model", "none", "--learner", "ada-lovelace")
    assert invoke(*assess).exit_code == 0
    monkeypatch.setenv("GRADATIM_PSEUDONYMS", "true")
    assert invoke(*assess).exit_code == 0
    assert len(json.loads(invoke("learner", "list", "--json").stdout)["learners"]) == 2
    result = invoke("learner", "forget", "ada-lovelace", "--yes")
    assert result.exit_code == 0, result.stdout
    assert json.loads(invoke("learner", "list", "--json").stdout) == {"learners": []}
    assert holding(files / "data", [b"ada-lovelace"], apart="") == []


def test_on_a_server(invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    monkeypatch.setenv("GRADATIM_DATABASE", postgres_url)
    (files / "wrong.py").write_text((files / "wrong.py").read_text() + "# by the one and only, who likes marbles\n")
    assess = ("assess", "task.yaml", "--model", "none", "--learner")
    assert invoke(*assess, "ada-lovelace", "wrong.py").exit_code == 0
    assert invoke(*assess, "ada-lovelace-2", "wrong.py").exit_code == 0  # the same program: no trace of the other one
    monkeypatch.setenv("GRADATIM_DELIVER_THRESHOLD", "1")
    assert invoke(*assess, "ada-lovelace", "wrong.py").exit_code == 1

    async def traces() -> list[str]:
        async with open_memory(load_settings()) as memory:
            return await memory.traces([b'"ada-lovelace"'])

    assert asyncio.run(traces())
    result = invoke("learner", "forget", "ada-lovelace", "--yes")
    assert result.exit_code == 0, result.stdout
    assert result.stdout.splitlines()[0] == "forgot ada-lovelace: 1 event, 2 assessments deleted"
    assert asyncio.run(traces()) == []
    (left,) = json.loads(invoke("learner", "list", "--json").stdout)["learners"]
    assert left["learner_id"] == "ada-lovelace-2"


def test_an_encrypted_store(invoke: Invoke, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_MEMORY_KEY", "a passphrase of some length")
    monkeypatch.setenv("GRADATIM_DELIVER_THRESHOLD", "1")
    for learner in ("ada-lovelace", "bo-bunting"):
        assert invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--learner", learner).exit_code == 1
    assert len(json.loads(invoke("learner", "export", "ada-lovelace", "--json").stdout)["unfinished"]) == 1
    result = invoke("learner", "forget", "ada-lovelace", "--yes")
    assert result.exit_code == 0, result.stdout
    assert holding(files / "data", [b"ada-lovelace"], apart="") == []
    (waiting,) = json.loads(invoke("review", "list", "--json").stdout)["reviews"]
    assert waiting["learner_id"] == "bo-bunting"
