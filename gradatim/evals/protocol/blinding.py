"""Works as raters see them: without what tells who wrote them, or what a machine or a test said.

Names in running text cannot be found with certainty. What is found here (addresses, `__author__`, "Author:", numbers of
students beside such words) is replaced and counted, and the coordinator is told to look for the rest.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from typing import Any

from gradatim.evals.datasets import Example

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_AUTHOR = re.compile(
    r"""(?imx)
    ^(?P<before> (?: [^\n"'\#]* \#+ [\ \t]* | [\ \t]* (?: ["']{1,3} [\ \t]* | \* [\ \t]* )? )
        (?: __author__ \s* = | __credits__ \s* = |
            (?: authors? | name | student(?:\ (?:id|no|number|name))?
              | matric(?:ulation)?(?:\ (?:no|number))?
              | autor | auteur | 姓名 | 学号 | 作者 | 学生 ) \s* [:：=]
        | (?: [@\\]author | (?:written|made|created|programmed)\ by ) \b ) \s* [:：=]? \s* )
    (?P<who> [^\n]+?)
    (?P<after> \s* ["']{0,3} \s* )$
    """
)
_COMMENT = re.compile(r"^\s*[\"'*]")


@dataclass(frozen=True, slots=True)
class Blinded:
    """What a rater sees of a work.

    Attributes:
        masked: Places at which something that could tell a person was replaced.
    """

    title: str
    statement: str
    concepts: tuple[str, ...]
    code: str
    masked: int = 0


def blinded(example: Example) -> Blinded:
    """A work without author, verdict and file name."""
    task: Any = example.inputs.get("task") or {}
    code, masked = mask(str(example.inputs["submission"]["code"]))
    concepts = example.reference.get("objectives") or task.get("concepts") or ()
    return Blinded(
        title=str(task.get("title") or example.inputs.get("task_id") or ""),
        statement=str(task.get("statement") or ""),
        concepts=tuple(map(str, concepts)),
        code=code,
        masked=masked,
    )


def mask(code: str) -> tuple[str, int]:
    """A program with addresses and named authors replaced, and how many of them there were."""
    count = 0
    inside = _lines_in_strings(code)

    def author(found: re.Match[str]) -> str:
        nonlocal count
        # `name = input()` is a statement of the program; only comments, docstrings and __author__ name people.
        line = code.count("\n", 0, found.start("who")) + 1
        comment = "#" in found["before"] or _COMMENT.match(found["before"])
        if not comment and "__" not in found["before"] and line not in inside:
            return found[0]
        count += 1
        quote = found["who"][:1] if found["who"][:1] in "\"'" and found["before"].rstrip().endswith("=") else ""
        return f"{found['before']}{quote}[removed]{found['after']}"

    text = _AUTHOR.sub(author, code)
    text, mails = _MAIL.subn("[removed]", text)
    return text, count + mails


def _lines_in_strings(code: str) -> set[int]:
    """Lines that lie within a text of several lines; as far as the program can be read."""
    lines: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.STRING:
                lines.update(range(token.start[0] + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):  # what was read before the fault still counts
        return lines
    return lines
