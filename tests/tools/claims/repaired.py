"""The cases of the material together with changes that make their tests pass, as a search finds them."""

from __future__ import annotations

from gradatim.domain import Edit, Repair
from gradatim.tools.claims.case import Case
from tests.tools.claims.material import CASES


def repair(code: str, line: int, last: int, replacement: str, operator: str) -> Repair:
    """One edit as a repair."""
    lines = code.splitlines()
    new = [*lines[: line - 1], *replacement.splitlines(), *lines[last:]]
    edit = Edit(line=line, last_line=last, replacement=replacement, operator=operator)
    return Repair(
        code="\n".join(new) + "\n", edits=(edit,), place=f"line {line}", change="", origin="search", weight=0.8
    )


EDITS: dict[str, tuple[tuple[int, int, str, str], ...]] = {
    "fib": ((7, 7, "    return a", "return-value"),),
    "sum_to": ((3, 3, "    for i in range(n + 1):", "loop-bound"),),
    "mean": ((2, 1, "    if not numbers:\n        return 0.0", "guard"),),
    "largest": ((2, 2, "    best = numbers[0]", "initial-value"),),
    "last": ((2, 2, "    return items[-1]", "index"),),
    "is_even": ((2, 5, "    return n % 2 == 0", "print-to-return"),),
    "steps": ((4, 4, "        count += 1\n        n -= 1", "missing-statement"),),
    "fact": ((2, 1, "    if n == 0:\n        return 1", "base-case"),),
    "double": ((1, 1, "def double(n):", "syntax"),),
    "vowels": ((5, 5, "            count += 1", "name"),),
    "initials": ((4, 4, "        result += name[0]", "augmented-assignment"),),
}


def repaired(name: str) -> Case:
    """A case with its repairs."""
    case = CASES[name]
    repairs = tuple(repair(case.submission.code, *edit) for edit in EDITS.get(name, ()))
    diagnosis = case.diagnosis.model_copy(update={"repairs": repairs})
    return Case.of(case.task, case.submission, case.execution, diagnosis, tuple(case.evidence.values()))


REPAIRED = {name: repaired(name) for name in CASES}
