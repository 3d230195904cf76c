from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gradatim.app.commands.item.export import export
from gradatim.errors import InputError
from gradatim.settings import load_settings
from gradatim.tools.items.bank import Bank, bank_path
from tests.tools.items.export.material import CHOICE, EVERY, PARSONS, SECRET, WRITE

Run = Callable[..., Result]


@pytest.fixture
def run(workspace: Path) -> Run:
    """The command alone, over a bank with a draft among approved items."""
    bank = Bank(bank_path(load_settings().data_dir))
    for item in EVERY:
        bank.add(
            item.model_copy(update={"status": "draft"}) if item is CHOICE else item, made_at="2026-01-01T00:00:00Z"
        )

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(export, list(arguments))

    return call


def test_approved_items_of_the_bank(workspace: Path, run: Run) -> None:
    result = run("--format", "qti3", "--out", "items.zip", "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["items"] == len(EVERY) - 1
    with zipfile.ZipFile(io.BytesIO((workspace / "items.zip").read_bytes())) as archive:
        assert len(archive.namelist()) == len(EVERY)
    assert json.loads(run("--format", "gift", "--out", "a.gift", "--status", "any", "--json").stdout)["items"] == len(
        EVERY
    )
    assert json.loads(run("--format", "gift", "--out", "a.gift", "--status", "draft", "--json").stdout)["items"] == 1
    assert json.loads(run("--format", "moodle", "--out", "a.xml", "--kind", "predict", "--json").stdout)["items"] == 3
    assert json.loads(run("--format", "moodle", "--out", "a.xml", "write-1", "--json").stdout)["items"] == 1


def test_what_a_format_cannot_say_is_told(run: Run) -> None:
    result = run("--format", "moodle", "--out", "a.xml", "parsons-1")
    assert "a.xml: 1 item" in result.stdout
    assert "do not belong" in result.stderr


def test_secrets_are_for_staff_alone(workspace: Path, run: Run) -> None:
    run("--format", "moodle", "--out", "a.xml", "write-1")
    run("--format", "moodle", "--out", "staff.xml", "write-1", "--staff")
    assert SECRET not in (workspace / "a.xml").read_text("utf-8")
    assert SECRET in (workspace / "staff.xml").read_text("utf-8")
    assert (workspace / "staff.xml").stat().st_mode & 0o077 == 0


def test_items_of_a_file(workspace: Path, run: Run) -> None:
    lines = "\n".join(item.model_dump_json() for item in (CHOICE, PARSONS))
    (workspace / "items.jsonl").write_text(f"\ufeff{lines}\n\n", "utf-8")
    (workspace / "items.json").write_text(json.dumps([WRITE.plain()]), "utf-8")
    for name, count in (("items.jsonl", 2), ("items.json", 1)):
        data = json.loads(run("--format", "gift", "--out", "a.gift", "--from", name, "--json").stdout)
        assert data["items"] == count
    assert run("--format", "gift", "--out", "a.gift", "--from", "items.jsonl", "choice").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--from", "none.jsonl"), "cannot be read"),
        (("--from", "latin.jsonl"), "UTF-8"),
        (("--from", "broken.jsonl"), "is not JSON"),
        (("--from", "other.jsonl"), "is no item"),
        (("--from", "deep.json"), "is not JSON"),
        (("--from", "empty.jsonl"), "there is no item"),
        (("--status", "rejected"), "none of 7 items has status rejected"),
        (("nothing",), ""),
        (("--concept", "astronomy"), "none of 7 items has status approved, concept astronomy"),
    ],
)
def test_what_cannot_be_exported(workspace: Path, run: Run, arguments: tuple[str, ...], told: str) -> None:
    (workspace / "latin.jsonl").write_bytes(b"\xff\xff")
    (workspace / "broken.jsonl").write_text(f"{CHOICE.model_dump_json()}\n{{\n", "utf-8")
    (workspace / "other.jsonl").write_text('{"a": NaN}\n', "utf-8")
    (workspace / "deep.json").write_text("[" * 100_000, "utf-8")
    (workspace / "empty.jsonl").write_text("\n", "utf-8")
    result = run("--format", "gift", "--out", "a.gift", *arguments)
    assert isinstance(result.exception, InputError)
    assert told in result.exception.message
    assert result.exception.place
    assert result.exception.remedy
    assert not (workspace / "a.gift").exists()


def test_the_line_of_a_broken_item_is_named(workspace: Path, run: Run) -> None:
    (workspace / "broken.jsonl").write_text(f'{CHOICE.model_dump_json()}\n{{"id": 3}}\n', "utf-8")
    result = run("--format", "gift", "--out", "a.gift", "--from", "broken.jsonl")
    assert isinstance(result.exception, InputError)
    assert result.exception.place == "broken.jsonl:2"


def test_a_file_that_cannot_be_written_is_told(run: Run) -> None:
    result = run("--format", "gift", "--out", "none/a.gift")
    assert isinstance(result.exception, InputError)
    assert "cannot be written" in result.exception.message
