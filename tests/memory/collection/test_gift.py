"""GIFT question banks: names, concepts and answer keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.memory.collection import Question, bank_concepts, read_bank
from gradatim.memory.collection.gift import parse_question
from gradatim.memory.collection.row import RowError
from tests.memory.collection.material import read

BANK = """\
// a comment
$CATEGORY: $course$/top/Basics/Operators

::Sum\\:1:: [html]What is 1 + 1? {
  =2 # right
  ~3 # wrong
  ~4
}

Two plus {=two =2} equals four.

$CATEGORY: Loops

// question: 7  name: Off by one  [tag:ranges] [tag:off by one]
::Off by one:: range(3) ends at 3 {F#It ends at 2.####Think of the last value.}

::Values:: Which? {~%50%1 ~%50%2 ~%-100%3}

::Pi:: How much? {#3.14:0.01}

::Range:: A number {#=%100%1..5 =%50%0..6}

::Match:: Which \\{type\\}? {=1 -> int =1.5 -> float}

::Write:: Explain. {}

Only a text.
"""


def bank(tmp_path: Path, text: str = BANK) -> list[Question]:
    (tmp_path / "bank.gift").write_text(text, "utf-8")
    return read_bank(tmp_path / "bank.gift")


def test_the_questions(tmp_path: Path) -> None:
    found = bank(tmp_path)
    assert [(question.name, question.kind) for question in found] == [
        ("Sum:1", "multiple-choice"), ("Two plus _____ equals four.", "short-answer"), ("Off by one", "true-false"),
        ("Values", "multiple-answer"), ("Pi", "numerical"), ("Range", "numerical"), ("Match", "matching"),
        ("Write", "essay"), ("Only a text.", "description"),
    ]  # fmt: skip
    assert [question.key for question in found] == [
        {"2": 1.0}, {"two": 1.0, "2": 1.0}, {"false": 1.0}, {"1": 0.5, "2": 0.5}, {"3.14:0.01": 1.0},
        {"1..5": 1.0, "0..6": 0.5}, {"1 -> int": 0.5, "1.5 -> float": 0.5}, None, None,
    ]  # fmt: skip
    assert found[6].text == "Which {type}?"
    assert [question.line for question in found][:3] == [4, 10, 14]


def test_the_concepts(tmp_path: Path) -> None:
    found = bank(tmp_path)
    concepts = bank_concepts(found)
    assert concepts.items["Sum:1"].concepts == ("Operators",)
    assert found[0].category == ("Basics", "Operators")
    assert concepts.items["Off by one"].concepts == ("ranges", "off by one")
    assert concepts.items["Pi"].concepts == ("Loops",)
    assert concepts.bank == tuple(question.name for question in found[:-1])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a {=b", "never end"), ("a =b}", "never begin"), ("a {~b ~c}", "none of its answers is right"),
        ("a {b}", "neither"), ("a {#many}", "no number"),
    ],
)  # fmt: skip
def test_broken_questions(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        parse_question(text, 1, ())
    (tmp_path / "bank.gift").write_text(f"::One:: x {{T}}\n\n{text}\n\n::Two:: y {{F}}\n")
    _, rejected, skipped = read("gift", tmp_path / "bank.gift")
    assert (len(rejected), len(skipped)) == (1, 2)
    assert reason in rejected[0].reason
    assert rejected[0].place == 3


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "bank.gift").write_bytes(b"::A:: x {T}\n\n::B:: caf\xe9 {T}\n")
    _, rejected, skipped = read("gift", tmp_path / "bank.gift")
    assert [row.reason for row in rejected] == ["it is not UTF-8 text"]
    assert len(skipped) == 1
