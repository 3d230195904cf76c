"""`gradatim item`: make, list, show, answer, try, review, calibrate, check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gradatim.settings import load_settings
from gradatim.tools.items import Item
from gradatim.tools.items.bank import Bank, bank_path
from tests.app.conftest import Invoke


def _json(result: Any, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> list[Item]:
    """Items of two kinds, made once."""
    from click.testing import CliRunner

    from gradatim.app.cli import cli

    folder = str(tmp_path_factory.mktemp("stock"))
    arguments = ["item", "make", "--theta", "0.2", "--kind", "write", "--kind", "choice", "--count", "2", "--seed", "3"]
    result = CliRunner().invoke(cli, [*arguments, "--data-dir", folder, "--json"])
    return [Item.model_validate(item) for item in json.loads(result.stdout)["items"]]


@pytest.fixture
def bank(workspace: Path, stock: list[Item]) -> Bank:
    bank = Bank(bank_path(load_settings().data_dir))
    for item in stock:
        bank.add(item, made_at="2026-01-01T00:00:00+00:00")
    return bank


def test_items_are_made_listed_and_shown(invoke: Invoke) -> None:
    made = _json(invoke("item", "make", "--theta", "0.4", "--kind", "predict", "--seed", "1", "--json"))["items"]
    assert len(made) == 1
    assert abs(made[0]["difficulty"]["value"] - 0.4) < 0.6
    listed = _json(invoke("item", "list", "--json"))["items"]
    assert [item["id"] for item in listed] == [made[0]["id"]]
    shown = invoke("item", "show", made[0]["id"][:10])
    assert all(line in shown.stdout for line in made[0]["answer"].splitlines())
    learner = invoke("item", "show", made[0]["id"], "--question")
    assert "answer:" not in learner.stdout
    again = _json(invoke("item", "make", "--theta", "0.4", "--kind", "predict", "--seed", "1", "--json"))["items"]
    assert again[0]["id"] != made[0]["id"]  # the bank holds it already


def test_a_dry_run_stores_nothing(invoke: Invoke) -> None:
    data = _json(invoke("item", "make", "--concept", "recursion", "--kind", "predict", "--dry-run", "--json"))
    assert data["stored"] is False
    assert "recursion" in data["items"][0]["concepts"]
    assert "holds no such items" in invoke("item", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--concept", "no-such-thing"), 2),
        (("--concept", "garbage-collection"), 2),
        (("--theta", "nan"), 2),
        (("--theta", "99"), 2),
        (("--theta", "0", "--learner", "amy"), 2),
        (("--kind", "essay"), 2),
        (("--beta", "-1"), 2),
    ],
)
def test_what_cannot_be_made_is_refused(invoke: Invoke, arguments: tuple[str, ...], code: int) -> None:
    result = invoke("item", "make", *arguments, "--json")
    assert result.exit_code == code
    assert json.loads(result.stdout)["error"]["remedy"]


def test_a_learner_answers_and_is_remembered(invoke: Invoke, bank: Bank, stock: list[Item]) -> None:
    for purpose in ("personalisation", "research"):
        assert invoke("learner", "consent", "amy", "--give", purpose).exit_code == 0
    write, choice = stock
    (bank.path.parent / "answer.py").write_text(write.answer, "utf-8")
    assert _json(invoke("item", "answer", write.id, "--file", str(bank.path.parent / "answer.py"), "--learner", "amy",
                        "--json"))["right"]  # fmt: skip
    wrong = next(option for option in choice.options if not option.right)
    told = _json(invoke("item", "answer", choice.id, wrong.text, "--learner", "amy", "--json"), 1)
    assert told["misconception"] == wrong.misconception
    assert "1, 100% right" in invoke("item", "show", write.id).stdout
    learner = _json(invoke("learner", "history", "amy", "--json"))
    assert write.id in json.dumps(learner)
    found = _json(invoke("item", "calibrate", "--least", "1", "--json"))["calibrated"]
    assert {row["item"] for row in found} == {write.id, choice.id}
    assert bank.item(write.id).difficulty.source == "calibrated"
    assert bank.item(write.id).difficulty.value < write.difficulty.value
    made = invoke("item", "make", "--learner", "amy", "--kind", "choice", "--json")
    assert made.exit_code == 0, made.output


def test_nobody_has_answered(invoke: Invoke, bank: Bank, workspace: Path) -> None:
    assert "no learner who agrees" in invoke("item", "calibrate").output
    (workspace / "a.csv").write_text("learner,item,correct\nx,other,1\n", "utf-8")
    assert invoke("item", "calibrate", "--responses", "a.csv").exit_code == 2


def test_items_are_tried_in_the_terminal(invoke: Invoke, bank: Bank, stock: list[Item]) -> None:
    choice = stock[1]
    right = next(number for number, option in enumerate(choice.options, 1) if option.right)
    wrong = right % len(choice.options) + 1
    result = invoke("item", "try", choice.id, stdin=f"{wrong}\nnonsense\n{right}\n")
    assert result.exit_code == 0, result.output
    assert "is no option" in result.output
    assert invoke("item", "try", stock[0].id, stdin=f"{stock[0].answer}\n.\n").exit_code == 0
    assert invoke("item", "try", choice.id, stdin="").exit_code == 1


def test_people_decide(invoke: Invoke, bank: Bank, stock: list[Item], workspace: Path) -> None:
    item = stock[1]
    edit = workspace / "edit.yaml"
    edit.write_text(invoke("item", "review", item.id, "--template").stdout.replace("title: ", "title: A ", 1), "utf-8")
    assert invoke("item", "review", item.id, "--edit", str(edit), "--reviewer", "Kim").exit_code == 0
    assert bank.item(item.id).title.startswith("A ")
    assert bank.item(item.id).status == "approved"
    broken = edit.read_text("utf-8").replace(f"answer: {item.answer}", "answer: nothing", 1)
    edit.write_text(broken if broken != edit.read_text("utf-8") else broken + "options: []\n", "utf-8")
    refused = invoke("item", "review", item.id, "--edit", str(edit), "--reviewer", "Kim", "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["place"]
    assert invoke("item", "review", item.id, "--reject", "--reviewer", "Kim", "--reason", "dull").exit_code == 0
    assert bank.item(item.id).status == "rejected"
    assert "dull" in invoke("item", "show", item.id).stdout
    assert invoke("item", "review", item.id, "--approve").exit_code == 2


@pytest.mark.parametrize("text", ["", "{}", "[]", "{", '{"items": [{"id": "x"}]}', "[1]", "\ufeffx", "[" * 5000])
def test_files_that_hold_no_items_are_refused(invoke: Invoke, workspace: Path, text: str) -> None:
    (workspace / "items.json").write_text(text, "utf-8")
    result = invoke("item", "check", "items.json", "--json")
    assert result.exit_code == 2, result.output
    assert "items.json" in json.loads(result.stdout)["error"]["place"]


def test_files_are_checked(invoke: Invoke, workspace: Path, stock: list[Item]) -> None:
    rows = [item.plain() for item in stock]
    (workspace / "items.json").write_text(json.dumps({"items": rows}), "utf-8")
    assert _json(invoke("item", "check", "items.json", "--json")) == {"items": 2, "problems": {}}
    rows[0]["wrong"] = rows[0]["wrong"][:1]
    (workspace / "items.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert list(_json(invoke("item", "check", "items.jsonl", "--json"), 1)["problems"]) == [stock[0].id]
    (workspace / "latin.json").write_bytes("é".encode("latin-1"))
    assert "UTF-8" in invoke("item", "check", "latin.json").output


def test_concepts_are_named(invoke: Invoke) -> None:
    found = _json(invoke("item", "concepts", "--json"))["concepts"]
    assert len(found) >= 25
    assert all(row["templates"] for row in found)


def test_unknown_items_are_told(invoke: Invoke) -> None:
    for command in (
        ("show", "item-x"),
        ("answer", "item-x", "1"),
        ("review", "item-x", "--approve", "--reviewer", "K"),
    ):
        result = invoke("item", *command)
        assert result.exit_code == 2
        assert "gradatim item list" in result.output
