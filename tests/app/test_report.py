from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from gradatim.memory import open_memory
from gradatim.memory.rights.consent import consent_event
from gradatim.settings import load_settings
from tests.app.conftest import Invoke
from tests.graphs.reports.material import BEGIN, classroom, history


@pytest.fixture
def remembered(workspace: Path) -> Path:
    """Anna, and a class of seven."""

    async def fill() -> None:
        async with open_memory(load_settings()) as memory:
            await memory.append(history())
            await memory.append(classroom(7))

    asyncio.run(fill())
    return workspace


def refuse(learner: str) -> None:
    async def run() -> None:
        async with open_memory(load_settings()) as memory:
            await memory.append([consent_event(learner, "personalisation", False, at=BEGIN.isoformat())])

    asyncio.run(run())


@pytest.mark.usefixtures("remembered")
def test_a_learner_in_both_languages(invoke: Invoke) -> None:
    english, chinese = invoke("report", "learner", "anna"), invoke("report", "learner", "anna", "--language", "zh")
    assert english.exit_code == chinese.exit_code == 0
    assert english.stdout.startswith("# Your learning report\n")
    assert chinese.stdout.startswith("# 你的学习报告\n")
    data = json.loads(invoke("report", "learner", "anna", "--json").stdout)
    assert (data["audience"], data["language"]) == ("learner", "en")
    assert [part["key"] for part in data["sections"]][:2] == ["done", "mastery"]
    assert {source["id"] for source in data["sources"]} >= {"a1", "a6", "c1"}


@pytest.mark.usefixtures("remembered")
def test_the_language_that_the_learner_chose(invoke: Invoke) -> None:
    assert invoke("learner", "language", "anna", "zh").exit_code == 0
    assert invoke("report", "learner", "anna").stdout.startswith("# 你的学习报告\n")
    assert invoke("report", "learner", "anna", "--language", "en").stdout.startswith("# Your learning report\n")


def test_files_are_registered_and_go_with_the_learner(remembered: Path, invoke: Invoke) -> None:
    for name, language in (("anna.md", "en"), ("anna.html", "en"), ("anna.pdf", "zh")):
        result = invoke("report", "learner", "anna", "--out", name, "--language", language)
        assert result.exit_code == 0, result.output
        assert name in result.stdout
    data = json.loads(invoke("report", "class", "--out", "class.html", "--json").stdout)
    assert data["format"] == "html"
    assert invoke("learner", "forget", "anna", "--yes").exit_code == 0
    assert {path.name for path in remembered.glob("*.*")} == set()


@pytest.mark.usefixtures("remembered")
def test_a_teacher(invoke: Invoke) -> None:
    result = invoke("report", "teacher", "anna", "--staff", "--since", "2026-03-05")
    assert result.exit_code == 0
    assert "For staff" in result.stdout
    assert "What changed since 2026-03-05" in result.stdout
    refuse("anna")
    refused = invoke("report", "teacher", "anna", "--json")
    assert refused.exit_code == 2
    assert "consented" in json.loads(refused.stdout)["error"]["message"]
    own = invoke("report", "learner", "anna")
    assert own.exit_code == 0  # their own data are theirs


def test_a_class_by_a_list(remembered: Path, invoke: Invoke) -> None:
    (remembered / "class.txt").write_text("\ufeff# 1b\nl0\n\nl1\nzoe\n", "utf-8")
    result = invoke("report", "class", "--learners", "class.txt")
    assert result.exit_code == 0
    assert "2 learners" in result.stdout
    assert "zoe" in result.stderr
    assert "l0: " in result.stdout
    assert "l0: " not in invoke("report", "class", "--published").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("learner", "nobody"), "nothing is remembered"),
        (("learner", "anna", "--since", "yesterday"), "ISO 8601"),
        (("learner", "anna", "--language", "xx"), "language"),
        (("learner", "anna", "--format", "pdf"), "no text"),
        (("learner", "anna", "--out", "a.docx"), "no format"),
        (("learner", "anna", "--out", "none/a.md"), "cannot be written"),
        (("learner", "\x07"), "control character"),
        (("class", "--learners", "none.txt"), "cannot be read"),
        (("class", "--learners", "."), "cannot be read"),
        (("class", "--learners", "empty.txt"), "names no learner"),
        (("class", "--learners", "latin.txt"), "UTF-8"),
        (("class", "--learners", "strangers.txt"), "any of these learners"),
    ],
)
def test_what_cannot_be_reported(workspace: Path, invoke: Invoke, arguments: tuple[str, ...], told: str) -> None:
    if "anna" in arguments or "class" in arguments:
        refuse("anna")  # one event
    (workspace / "empty.txt").write_text("# nobody\n", "utf-8")
    (workspace / "latin.txt").write_bytes(b"\xff\xfe\xfa")
    (workspace / "strangers.txt").write_text("who\n", "utf-8")
    result = invoke("report", *arguments)
    assert result.exit_code == 2, result.output
    assert told in result.stderr
    assert "remedy:" in result.stderr


def test_an_empty_memory(invoke: Invoke) -> None:
    result = invoke("report", "class")
    assert result.exit_code == 2
    assert "gradatim learner list" in result.stderr


@pytest.mark.usefixtures("remembered")
def test_pseudonyms_stand_for_learners(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_PSEUDONYMS", "true")

    async def fill() -> None:
        from gradatim.memory.rights.pseudonyms import open_pseudonyms

        pseudonyms = open_pseudonyms(load_settings())
        assert pseudonyms is not None
        async with open_memory(load_settings()) as memory:
            await memory.append(
                [pseudonyms.event(event.model_copy(update={"id": f"p{event.id}"})) for event in classroom(7)]
            )

    asyncio.run(fill())
    result = invoke("report", "learner", "l0")
    assert result.exit_code == 0
    assert "learner-" in result.stdout.splitlines()[2]
    assert "\nl0 ·" not in result.stdout
