"""GIFT (https://docs.moodle.org/en/GIFT_format), with every character escaped that means something there.

GIFT has no order questions: blocks become a matching question of places and blocks. It cannot say that case counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from gradatim.tools.items.export.markup import code_block, elements, html, legal, short
from gradatim.tools.items.export.moodle import wildcards
from gradatim.tools.items.export.qti import difficulty_text
from gradatim.tools.items.export.question import Question

_MEANS_SOMETHING = re.compile(r"[\\~=#{}:]")
_ARROW = "->"
_LEADING = re.compile(r"^ +", re.MULTILINE)
_LINE = re.compile(r"[\r\n]+")


def bank(questions: Sequence[Question]) -> bytes:
    """A GIFT file, UTF-8."""
    return "\n\n".join(map(_question, questions)).encode() + b"\n"


def escaped(text: str) -> str:
    """A text in which no character means anything, on one line."""
    return _MEANS_SOMETHING.sub(r"\\\g<0>", legal(text)).replace("\n", "\\n")


def _question(question: Question) -> str:
    shown = elements(question.prompt)
    if question.program is not None:
        shown.append(code_block(question.program))
    tags = " ".join(f"[tag:{_bare(concept)}]" for concept in question.concepts)
    head = [
        f"// [id:{_bare(question.id)}] {tags}",
        f"// {_LINE.sub(' ', difficulty_text(question))}",
        f"::{escaped(_LINE.sub(' ', question.title))}::[html]{_rich(shown)}{{",
    ]
    return "\n".join([*head, *_answers(question), "}"])


def _answers(question: Question) -> list[str]:
    match question.interaction:
        case "choice":
            return [
                f"{'=' if answer.right else '~'}{_rich(short(answer.text))}"
                + (f"#{_rich(elements(answer.feedback))}" if answer.feedback else "")
                for answer in question.answers
            ]
        case "order":
            right = [piece for piece in question.pieces if piece.belongs]
            others = [piece for piece in question.pieces if not piece.belongs]
            pairs = [f"={place} -> {_block(piece.text)}" for place, piece in enumerate(right, start=1)]
            return [*pairs, *(f"= -> {_block(piece.text)}" for piece in others)]
        case "line":
            if not comparable(question):
                return []
            return [f"=%100%{escaped(wildcards(question.answer or ''))}"]
        case "text":
            return []


def comparable(question: Question) -> bool:
    """Whether GIFT can hold the right line: one with an arrow makes a matching question of it."""
    return question.interaction == "line" and _ARROW not in (question.answer or "")


def _rich(parts: Sequence[Element]) -> str:
    """HTML in GIFT."""
    return escaped(html(parts))


def _block(text: str) -> str:
    """A block of a program in a matching question, whose answers are plain lines that are trimmed."""
    kept = _LEADING.sub(lambda found: "\u00a0" * len(found[0]), text)
    return escaped(kept.replace("\n", " ⏎ "))


def _bare(text: str) -> str:
    """A text between brackets in a comment."""
    return _LINE.sub(" ", legal(text)).replace("\\", "\\\\").replace("]", "\\]")
