"""Named authors are replaced wherever a comment names them, and nothing of the program is."""

from __future__ import annotations

import time

import pytest

from gradatim.evals.protocol.blinding import mask


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("x = 1  # Author: Kim\n", "x = 1  # Author: [removed]\n"),
        ("# @author Anna Maria\n", "# @author [removed]\n"),
        ("# Written by Bo\n", "# Written by [removed]\n"),
        ("# authors: A, B\n", "# authors: [removed]\n"),
        ("  # 学号：123\n", "  # 学号：[removed]\n"),
    ],
)
def test_named_authors_are_replaced(code: str, seen: str) -> None:
    assert mask(code) == (seen, 1)


@pytest.mark.parametrize("code", ["author = input()\n", "print('# name: ')\n", "@author\ndef f():\n    pass\n"])
def test_statements_of_the_program_stay(code: str) -> None:
    assert mask(code) == (code, 0)


@pytest.mark.parametrize("sign", ["\n", " ", "#", "a"])
def test_long_runs_of_one_sign_take_no_time(sign: str) -> None:
    start = time.perf_counter()
    mask(sign * 20_000)
    assert time.perf_counter() - start < 2.0
