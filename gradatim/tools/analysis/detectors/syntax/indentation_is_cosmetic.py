"""A beginner takes indentation for a matter of looks, as in languages with braces.

A block is not indented, is indented where none begins, or returns outside its function.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault, only_comments_above
from gradatim.tools.analysis.sign import Sign

TELLS = ("indentation-is-cosmetic",)


def detect(case: Examination) -> Iterator[Sign]:
    """A block that is not indented, indented by chance, or left too early."""
    fault = load_fault(case)
    if fault is None:
        return
    text = case.program.line(fault.line)
    if "'return' outside function" in fault.message:
        fact = f"Line {fault.line}: `{text}` is not indented as a part of a function."
        yield Sign(
            "indentation-is-cosmetic",
            (fault.line,),
            0.8,
            fact,
            "A return outside of a function cannot be compiled.",
            anywhere=True,
        )
    elif fault.type == "IndentationError" and not only_comments_above(case.program, fault):
        margins = "".join(line[: len(line) - len(line.lstrip())] for line in case.program.lines[: fault.line])
        if " " in margins and "\t" in margins:
            return
        fact = f"Line {fault.line}: the indentation of `{text}` does not fit the lines around it."
        yield Sign("indentation-is-cosmetic", (fault.line,), 0.85, fact, fault.plain, anywhere=True)
