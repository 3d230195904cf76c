"""Expected against actual, test by test: the facts of execution that detectors weigh."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

from gradatim.domain import Outcome, TestCase


class _Unknown:
    """Marks a value that could not be read as plain data."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
_LONGEST = 20_000
"""Characters of a literal that are still read: reading costs time."""


@lru_cache(maxsize=2_000)
def literal(text: str | None) -> object:
    """The value that a Python literal stands for, or `UNKNOWN`; shared between calls, so never to be changed."""
    if text is None or len(text) > _LONGEST:
        return UNKNOWN
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return UNKNOWN


def is_number(value: object) -> bool:
    """Whether a value is an int or float, and not a bool."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def items(value: object) -> Sequence[object] | None:
    """The value as a sequence, if it is a list, tuple or text."""
    return cast("Sequence[object]", value) if isinstance(value, list | tuple | str) else None


def listed(value: object) -> list[object] | None:
    """The value if it is a list."""
    return cast("list[object]", value) if isinstance(value, list) else None


def mapped(value: object) -> dict[object, object] | None:
    """The value if it is a dictionary."""
    return cast("dict[object, object]", value) if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class Contrast:
    """What one test wanted and what it got.

    Attributes:
        test: Id of the test.
        passed: Whether it passed.
        function: Name of the function that the test's expression calls first, if it calls one by name.
        arguments: Literal positional arguments of that call; `None` if they are not plain.
        expected: The value wanted (for whole programs, the output), or `UNKNOWN`.
        actual: The value that came, or `UNKNOWN`.
        output: Whether the values are what a program printed.
    """

    test: str
    passed: bool
    function: str | None
    arguments: tuple[object, ...] | None
    expected: object
    actual: object
    output: bool

    @property
    def known(self) -> bool:
        return self.expected is not UNKNOWN and self.actual is not UNKNOWN

    @property
    def none_returned(self) -> bool:
        """None came where something else was wanted."""
        return self.known and self.actual is None and self.expected is not None

    @property
    def difference(self) -> float | None:
        """Expected minus actual, for numbers."""
        if is_number(self.expected) and is_number(self.actual):
            return cast(float, self.expected) - cast(float, self.actual)
        return None

    @property
    def opposite(self) -> bool:
        """True for False or False for True."""
        return isinstance(self.expected, bool) and isinstance(self.actual, bool) and self.expected != self.actual

    @property
    def pieces(self) -> tuple[Sequence[object], Sequence[object]] | None:
        """Expected and actual as sequences of the same kind; printed output as its words."""
        if self.output and isinstance(self.expected, str) and isinstance(self.actual, str):
            return self.expected.split(), self.actual.split()
        wanted, got = items(self.expected), items(self.actual)
        if wanted is None or got is None or type(wanted) is not type(got):
            return None
        return wanted, got

    @property
    def last_missing(self) -> bool:
        """All came but the last item."""
        pieces = self.pieces
        return pieces is not None and len(pieces[0]) > 0 and list(pieces[1]) == list(pieces[0])[:-1]

    @property
    def first_missing(self) -> bool:
        """All came but the first item."""
        pieces = self.pieces
        return pieces is not None and len(pieces[0]) > 1 and list(pieces[1]) == list(pieces[0])[1:]

    @property
    def one_more(self) -> bool:
        """All came and one item more at the end."""
        pieces = self.pieces
        return pieces is not None and len(pieces[1]) > 0 and list(pieces[0]) == list(pieces[1])[:-1]

    @property
    def backwards(self) -> bool:
        """The right items in reverse order."""
        pieces = self.pieces
        if pieces is None:
            return False
        wanted, got = list(pieces[0]), list(pieces[1])
        return wanted != got and wanted == got[::-1]

    @property
    def numbers_in(self) -> tuple[int | float, ...]:
        """Numbers among the arguments, or among the words of the input."""
        return tuple(cast("int | float", value) for value in self.arguments or () if is_number(value))

    @property
    def sequences_in(self) -> tuple[Sequence[object], ...]:
        """Lists, tuples and texts among the arguments."""
        return tuple(found for value in self.arguments or () if (found := items(value)) is not None)

    @property
    def empty_input(self) -> bool:
        """An argument is an empty list, text, tuple, set or dictionary, or a program got no input."""
        return any(isinstance(v, list | tuple | str | dict | set) and not v for v in self.arguments or ())


@lru_cache(maxsize=2_000)
def call_of(expression: str | None) -> tuple[str | None, tuple[object, ...] | None]:
    """Name of the first function that an expression calls by name, and its plain arguments."""
    if expression is None or len(expression) > _LONGEST:
        return None, None
    try:
        tree = ast.parse(expression.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    if not calls:
        return None, None
    # The test's own call usually stands outermost; a conversion around it (list(f(x))) is looked through.
    known = {"list", "tuple", "str", "set", "dict", "sorted", "round", "len", "repr", "int", "float", "bool", "type"}
    call = next((item for item in calls if cast(ast.Name, item.func).id not in known), calls[0])
    name = cast(ast.Name, call.func).id
    if call.keywords:
        return name, None
    values: list[object] = []
    for argument in call.args:
        try:
            values.append(ast.literal_eval(argument))
        except (ValueError, TypeError, RecursionError):
            values.append(UNKNOWN)
    return name, tuple(values)


def contrast(case: TestCase, outcome: Outcome) -> Contrast:
    """The facts of one test."""
    passed = outcome.status == "passed"
    if case.form == "program":
        words = (case.stdin or "").split()
        values = tuple(value for word in words if (value := literal(word)) is not UNKNOWN)
        came = outcome.actual if outcome.actual is not None else outcome.stdout
        ran = outcome.status in ("passed", "failed")
        return Contrast(case.id, passed, None, values, case.stdout or "", came if ran else UNKNOWN, True)
    name, arguments = call_of(case.call if case.call is not None else case.check)
    if case.form in ("check", "suite") or case.raises is not None:
        return Contrast(case.id, passed, name, arguments, UNKNOWN, UNKNOWN, False)
    ran = outcome.status in ("passed", "failed")
    actual = literal(outcome.actual) if ran else UNKNOWN
    return Contrast(case.id, passed, name, arguments, literal(case.expect), actual, False)
