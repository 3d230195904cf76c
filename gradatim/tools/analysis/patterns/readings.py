"""A faulty line as it was probably meant."""

from __future__ import annotations

import re
import warnings

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.faults import SyntaxFault
from gradatim.tools.analysis.program import Program


def without_comment(text: str) -> str:
    """A line without its comment, roughly: a # inside a text is taken for one only if no quote follows it."""
    return re.sub(r"\s*#[^'\"]*$", "", text).rstrip()


def mended(program: Program, number: int, text: str) -> bool:
    """Whether putting `text` in place of a line moves the first fault to a later line or removes it."""
    lines = list(program.lines)
    lines[number - 1] = text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile("\n".join(lines), "<mended>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return (error.lineno or 0) > number
        except (ValueError, RecursionError, MemoryError):
            return False
    return True


def load_fault(case: Examination) -> SyntaxFault | None:
    return case.program.fault if case.execution.load_error is not None or case.program.tree is None else None


def only_comments_above(program: Program, fault: SyntaxFault) -> bool:
    if "expected an indented block" not in fault.message:
        return False
    header = re.search(r"on line (\d+)", fault.message)
    if header is None:
        return False
    start = int(header.group(1))
    block: list[str] = []
    for text in program.lines[start:]:
        if text.strip() and not text.strip().startswith("#"):
            break
        block.append(text.strip())
    margin = len(program.lines[start - 1]) - len(program.lines[start - 1].lstrip())
    comments = [text for text in program.lines[start : start + len(block)] if text.strip()]
    return bool(comments) and all(len(text) - len(text.lstrip()) > margin for text in comments)
