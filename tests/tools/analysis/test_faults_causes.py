"""The line on which a slip really stands, and what kind of slip it is."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradatim.tools.analysis import Program
from gradatim.tools.analysis.faults import find_cause
from tests.tools.analysis.broken import BROKEN

LINES_WANTED = 0.97
KINDS_WANTED = 0.9
EXAMPLES = Path(__file__).parents[3] / "examples" / "submissions"


def test_the_corpus_is_broken_throughout() -> None:
    assert len(BROKEN) >= 80
    assert all(Program.parse(code).fault is not None for code, _, _ in BROKEN)


def test_the_cause_is_found_in_nearly_all_programs() -> None:
    faults = [(Program.parse(code).fault, code, lines) for code, lines, _ in BROKEN]
    missed = [code for fault, code, lines in faults if fault is None or fault.line not in lines]
    assert 1 - len(missed) / len(BROKEN) >= LINES_WANTED, missed


def test_the_cause_is_found_more_often_than_the_compiler_names_it() -> None:
    faults = [(Program.parse(code).fault, lines) for code, lines, _ in BROKEN]
    found = sum(fault is not None and fault.line in lines for fault, lines in faults)
    named = sum(fault is not None and fault.reported in lines for fault, lines in faults)
    assert found > named


def test_the_kind_of_slip_is_named() -> None:
    told = [(Program.parse(code).fault, code, kind) for code, _, kind in BROKEN if kind]
    missed = [code for fault, code, kind in told if fault is None or fault.kind != kind]
    assert 1 - len(missed) / len(told) >= KINDS_WANTED, missed


def test_every_fault_has_a_sentence_and_a_mended_line_is_readable() -> None:
    for code, _, _ in BROKEN:
        fault = Program.parse(code).fault
        assert fault is not None
        assert fault.plain.endswith("."), code
        assert "{" not in fault.plain.replace("`{", "").replace("{'", "").replace("{x", "") or "`" in fault.plain, code
        if fault.mended is not None:
            lines = code.split("\n")
            assert fault.mended != lines[fault.line - 1], code


def slips(code: str) -> Iterator[tuple[int, str]]:
    """A program with one bracket, colon or quote left out, each in turn, and the line of it."""
    lines = code.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        row, column = token.start
        if token.type == tokenize.OP and token.string in "()[]{}:,":
            text = lines[row - 1]
            yield row, "\n".join([*lines[: row - 1], text[:column] + text[column + 1 :], *lines[row:]]) + "\n"


@pytest.mark.parametrize("task", ["fibonacci", "tally-votes", "sum-until-zero"])
def test_a_sign_left_out_anywhere_is_found_on_its_line(task: str) -> None:
    code = (EXAMPLES / task / "01.py").read_text(encoding="utf-8")
    tried = [(line, Program.parse(broken).fault) for line, broken in slips(code)]
    broken = [(line, fault) for line, fault in tried if fault is not None]
    assert len(broken) >= 5
    assert all(fault.line == line for line, fault in broken)


def test_a_readable_program_has_no_cause() -> None:
    assert find_cause(("x = 1", "y = 2"), 1) is None


def test_a_very_long_program_is_not_searched() -> None:
    assert find_cause(("x = (", *["y = 1"] * 20_000), 1) is None
