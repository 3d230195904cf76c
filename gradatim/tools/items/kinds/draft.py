"""A question that was made but not yet executed."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gradatim.domain import TestCase
from gradatim.tools.items.families import Said
from gradatim.tools.items.item import Block, ItemKind
from gradatim.tools.items.material import Material
from gradatim.tools.items.testing import TestSet

_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Wrong:
    """A program that has to fail, and the misconception that it comes from."""

    code: str
    misconception: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to choose.

    Attributes:
        why: What is said of a wrong one, before the misconception's correction.
    """

    text: str
    right: bool = False
    misconception: str | None = None
    why: Said | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A question with everything that its item will hold, but for what execution and a language add.

    Attributes:
        reference: The program that has to pass the tests.
        whole: Whether programs are run as they are, rather than called.
        features: Those of the kind alone, and `steps`.
    """

    kind: ItemKind
    material: Material
    title: Said
    prompt: tuple[Said, ...]
    reference: str
    answer: str
    cases: tuple[TestCase, ...]
    wrong: tuple[Wrong, ...]
    features: dict[str, float]
    shown: str | None = None
    whole: bool = False
    answers: tuple[Answer, ...] = ()
    blocks: tuple[Block, ...] = field(default=())


Make = Callable[[Material, TestSet, random.Random], Iterator[Draft]]
"""Questions of one kind from one program, as different from each other in difficulty as can be."""


def signature(material: Material) -> str:
    """The function as it is called: `count(values, limit)`."""
    head = next(line for line in material.program.code.splitlines() if line.startswith(f"def {material.program.name}("))
    return head.removeprefix("def ").rstrip(":")


def shown_output(value: str | None) -> str | None:
    """What `print` writes for the value of a literal; `None` for what is none, and for what nobody would read."""
    if value is None or len(value) > _LONGEST:
        return None
    try:
        return str(ast.literal_eval(value))
    except (ValueError, SyntaxError):
        return None  # an object, infinity, or a text that was shortened


def title_of(kind: ItemKind, material: Material) -> Said:
    return Said.of(f"items.kind.{kind}.title", title=material.program.title)
