"""Planting faults: what a right program becomes in the hands of somebody with a misconception."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradatim.domain import Task
from gradatim.testing.learners.fault import Fault
from gradatim.tools.claims.code import parse


@dataclass(frozen=True, slots=True)
class Planting:
    """How a misconception shows in a line.

    Attributes:
        misconception: Its id in the concept graph.
        found: Finds what is right.
        becomes: What stands there instead, with the groups of `found`; a line break makes two lines of it.
    """

    misconception: str
    found: str
    becomes: str


PLANTINGS: Sequence[Planting] = (
    Planting("range-stop-included", r"range\((.+) \+ 1\)", r"range(\1)"),
    Planting("off-by-one-loop", r"range\((\w+)\)", r"range(\1 - 1)"),
    Planting("range-starts-at-one", r"range\((\w+)\)", r"range(1, \1)"),
    Planting("boundary-comparison-strictness", r" > ", " >= "),
    Planting("boundary-comparison-strictness", r" >= ", " > "),
    Planting("boundary-comparison-strictness", r" < ", " <= "),
    Planting("boundary-comparison-strictness", r" <= ", " < "),
    Planting("inverted-condition", r"\bif (.+) in ", r"if \1 not in "),
    Planting("while-condition-inverted", r"(while .+) != ", r"\1 == "),
    Planting("and-or-swapped", r" or ", " and "),
    Planting("wrong-initial-value", r"= 0, 1$", "= 1, 1"),
    Planting("wrong-initial-value", r"(\w) = 0$", r"\1 = 1"),
    Planting("wrong-initial-value", r"(\w) = 2$", r"\1 = 1"),
    Planting("division-kind-confusion", r" // ", " / "),
    Planting("average-integer-division", r" / ", " // "),
    Planting("modulo-as-division", r" % (\w+)", r" // \1"),
    Planting("augmented-operator-reversed", r" \+= ", " = +"),
    Planting("input-is-number", r"int\(input\(\)\)", "input()"),
    Planting("prompt-in-output", r"input\(\)", 'input("Number: ")'),
    Planting("f-prefix-missing", r'print\(f"', 'print("'),
    Planting("missing-return", r"^(\s+)return (\S.*)$", r"\1\2"),
    Planting("print-instead-of-return", r"^(\s+)return (\S.*)$", r"\1print(\2)"),
    Planting("return-inside-loop", r"^    (return \w+)$", r"        \1"),
    Planting("statement-wrongly-inside-loop", r"^(print\(.*)$", r"    \1"),
    Planting("recursion-not-approaching-base", r"(\w+)\((\w+) // 10\)", r"\1(\2)"),
    Planting("wrong-base-case", r"^(\s+)return n$", r"\1return 0"),
    Planting("missing-loop-update", r"^\s+\w+ \+= 1$", ""),
    Planting("sequential-swap", r"^(\s*)(\w+), (\w+) = (\w+), (.+)$", r"\1\2 = \4\n\1\3 = \5"),
    Planting("case-sensitive-comparison", r"\.lower\(\)", ""),
    Planting("exception-returned-not-raised", r"\braise ", "return "),
    Planting("append-returns-none-assigned", r"^(\s*)(\w+)\.append\((.*)\)$", r"\1\2 = \2.append(\3)"),
    Planting("append-versus-extend", r"\.append\(", ".extend("),
    Planting("missing-self-parameter", r"\(self, ", "("),
    Planting("missing-self-prefix", r"self\.(\w+) ([-+]=)", r"\1 \2"),
    Planting("init-misspelled", r"__init__", "_init_"),
    Planting("none-is-false-or-zero", r"return None$", "return 0"),
    Planting("separate-ifs-for-elif", r"\belif\b", "if"),
    Planting("missing-colon", r"^(\s*(?:if|for|while)\b.*):$", r"\1"),
    Planting("assignment-for-comparison", r"\bif (.+) == ", r"if \1 = "),
)
"""What is planted, one line each."""
_SYNTAX = frozenset({"missing-colon", "assignment-for-comparison"})


def planted(task: Task, right: str) -> Iterator[Fault]:
    """Every fault that can be planted in a right program.

    Whether a program made so fails the task's tests is for the caller to run: some that look wrong are not.

    Args:
        task: What the program is for.
        right: A program that passes.
    """
    lines = right.splitlines()
    seen: set[str] = set()
    for planting in PLANTINGS:
        for number, line in enumerate(lines, 1):
            changed = re.sub(planting.found, planting.becomes, line, count=1)
            if changed == line:
                continue
            new = changed.split("\n") if changed else []
            code = "\n".join([*lines[: number - 1], *new, *lines[number:]]) + "\n"
            broken = parse(code) is None
            if code in seen or broken != (planting.misconception in _SYNTAX):
                continue
            seen.add(code)
            origin = f"{task.id}/planted:{planting.misconception}:{number}"
            yield Fault.between(task, code, right, planting.misconception, origin=origin)
