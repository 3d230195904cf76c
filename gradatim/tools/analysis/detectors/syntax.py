"""Misconceptions behind programs that Python cannot read: found in the text, checked by mending the line."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.faults import SyntaxFault
from gradatim.tools.analysis.program import Program
from gradatim.tools.analysis.sign import Sign

_HEADER = re.compile(r"^\s*(async\s+)?(if|elif|else|for|while|def|class|try|except|finally|with)\b")


def _without_comment(text: str) -> str:
    """A line without its comment, roughly: a # inside a text is taken for one only if no quote follows it."""
    return re.sub(r"\s*#[^'\"]*$", "", text).rstrip()


def _mended(program: Program, number: int, text: str) -> bool:
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


def _fault(case: Examination) -> SyntaxFault | None:
    return case.program.fault if case.execution.load_error is not None or case.program.tree is None else None


def missing_colon(case: Examination) -> Iterator[Sign]:
    """A block header without its colon."""
    fault = _fault(case)
    if fault is None:
        return
    for number in (fault.line, fault.line - 1):
        if number < 1:
            continue
        text = _without_comment(case.program.lines[number - 1])
        if not _HEADER.match(text) or text.endswith(":") or re.match(r"^\s*else\s+\S", text):
            continue
        if _mended(case.program, number, text + ":"):
            yield Sign(
                "missing-colon",
                (number,),
                0.95,
                f"Line {number}: `{text.strip()}` opens a block and does not end with a colon.",
                "With a colon there, Python reads past this line.",
                anywhere=True,
            )
            return


def assignment_for_comparison(case: Examination) -> Iterator[Sign]:
    """`=` where `==` is needed."""
    fault = _fault(case)
    if fault is None:
        return
    text = case.program.lines[fault.line - 1]
    single = re.search(r"(?<![=!<>+\-*/%&|^:])=(?!=)", text)
    condition = re.match(r"^\s*(if|elif|while|return|assert)\b", text) or " if " in text
    if single is None or not condition:
        return
    if _mended(case.program, fault.line, text[: single.start()] + "==" + text[single.end() :]):
        yield Sign(
            "assignment-for-comparison",
            (fault.line,),
            0.95,
            f"Line {fault.line}: `{text.strip()}` has a single = in a condition.",
            "With == there, Python reads past this line.",
            anywhere=True,
        )


def assignment_is_equation(case: Examination) -> Iterator[Sign]:
    """A value or a calculation on the left of `=`."""
    fault = _fault(case)
    if fault is None or "cannot assign to" not in fault.message:
        return
    text = case.program.line(fault.line)
    if re.match(r"^(if|elif|while|for|return|def)\b", text) or "(" in text.split("=")[0]:
        return
    yield Sign(
        "assignment-is-equation",
        (fault.line,),
        0.85,
        f"Line {fault.line}: in `{text}` the left side of = is not a name that can hold a value.",
        f"The compiler says: {fault.message.split('. ')[0].split(' here')[0]}.",
        anywhere=True,
    )


def else_has_condition(case: Examination) -> Iterator[Sign]:
    """A condition after `else`."""
    fault = _fault(case)
    if fault is None:
        return
    text = _without_comment(case.program.lines[fault.line - 1])
    found = re.match(r"^(\s*)else\s+(?:if\s+)?([^:\s][^:]*):?\s*$", text)
    if found and _mended(case.program, fault.line, f"{found.group(1)}elif {found.group(2)}:"):
        yield Sign(
            "else-has-condition",
            (fault.line,),
            0.95,
            f"Line {fault.line}: in `{text.strip()}` a condition follows else.",
            "With elif there, Python reads past this line.",
            anywhere=True,
        )


def unbalanced_parentheses(case: Examination) -> Iterator[Sign]:
    """A bracket that is not closed, or closed once too often."""
    fault = _fault(case)
    if fault is None:
        return
    if re.search(r"was never closed|unmatched|does not match opening", fault.message):
        text = case.program.line(fault.line)
        yield Sign(
            "unbalanced-parentheses",
            (fault.line,),
            0.95,
            f"Line {fault.line}: the brackets of `{text}` do not pair up.",
            f"The compiler says: {fault.message}.",
            anywhere=True,
        )


def missing_quote(case: Examination) -> Iterator[Sign]:
    """A text that is not closed."""
    fault = _fault(case)
    if fault is None or "unterminated" not in fault.message:
        return
    yield Sign(
        "missing-quote",
        (fault.line,),
        0.95,
        f"Line {fault.line}: a text in quotes begins in `{case.program.line(fault.line)}` and does not end.",
        f"The compiler says: {fault.message.split(' (')[0]}.",
        anywhere=True,
    )


def mixed_tabs_and_spaces(case: Examination) -> Iterator[Sign]:
    """Indentation that looks aligned and is made of different characters."""
    fault = _fault(case)
    if fault is None or fault.type not in ("TabError", "IndentationError"):
        return
    margins = [re.match(r"[ \t]*", text) for text in case.program.lines[: fault.line] if text.strip()]
    kinds = {mark for margin in margins if margin for mark in margin.group()}
    if fault.type == "TabError" or kinds == {" ", "\t"}:
        yield Sign(
            "mixed-tabs-and-spaces",
            (fault.line,),
            0.95 if fault.type == "TabError" else 0.85,
            f"Line {fault.line}: up to here some lines are indented with tabs and some with spaces.",
            f"The compiler says: {fault.message}.",
            anywhere=True,
        )


def indentation_is_cosmetic(case: Examination) -> Iterator[Sign]:
    """A block that is not indented, indented by chance, or left too early."""
    fault = _fault(case)
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
    elif fault.type == "IndentationError" and not _only_comments_above(case.program, fault):
        margins = "".join(line[: len(line) - len(line.lstrip())] for line in case.program.lines[: fault.line])
        if " " in margins and "\t" in margins:
            return
        fact = f"Line {fault.line}: the indentation of `{text}` does not fit the lines around it."
        yield Sign("indentation-is-cosmetic", (fault.line,), 0.85, fact, fault.plain, anywhere=True)


def comment_is_executed(case: Examination) -> Iterator[Sign]:
    """A block that holds nothing but comments."""
    fault = _fault(case)
    if fault is not None and fault.type == "IndentationError" and _only_comments_above(case.program, fault):
        yield Sign(
            "comment-is-executed",
            (fault.line,),
            0.7,
            f"Line {fault.line}: the block above it holds only comments.",
            "Python skips comments, so the block counts as missing.",
            anywhere=True,
        )


def _only_comments_above(program: Program, fault: SyntaxFault) -> bool:
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
