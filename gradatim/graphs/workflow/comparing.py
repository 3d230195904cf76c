"""Which values of a condition can be compared: numbers with numbers, text with text, words that can occur."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.types import alternatives, item_type, show, without_null

Value = Callable[[Mapping[str, Any]], Any]
"""From the state to a value."""
_WORDS = {"number": "a number", "text": "text", "boolean": "true or false", "list": "a list", "mapping": "a mapping"}


class ConditionError(ValueError):
    """A condition cannot be used.

    Args:
        message: What is wrong.
        remedy: What to write.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a condition: what type it has and how to get its value."""

    kind: Any
    value: Value
    text: str
    constant: bool = False


def categories(kind: Any) -> set[str]:
    """What a value of a type can be, without null."""
    found: set[str] = set()
    for member in without_null(kind):
        origin = get_origin(member) or member
        if origin is Literal:
            for value in get_args(member):
                found |= categories(type(value))
        elif member is Any or member is object:
            found.add("any")
        elif item_type(member) is not None:
            found.add("list")
        elif isinstance(origin, type) and issubclass(origin, bool):
            found.add("boolean")
        elif isinstance(origin, type) and issubclass(origin, int | float):
            found.add("number")
        elif isinstance(origin, type) and issubclass(origin, str):
            found.add("text")
        elif isinstance(origin, type):
            found.add("mapping")
        else:
            found.add("any")
    return found


def _what(part: Part) -> str:
    """Type of a part for a person; of a literal, what it is and not what it says."""
    return " or ".join(sorted(categories(part.kind))) if part.constant else show(part.kind)


def check_equal(left: Part, right: Part) -> None:
    ours, theirs = categories(left.kind), categories(right.kind)
    if ours and theirs and "any" not in ours | theirs and not ours & theirs:
        raise ConditionError(
            f"{left.text} ({_what(left)}) is never equal to {right.text} ({_what(right)})",
            "compare values of the same type",
        )


def check_choice(left: Part, right: Part) -> None:
    """A text that a value can never have: `confidence.route == "deliverd"`."""
    for value, constant in ((left, right), (right, left)):
        if constant.constant and not value.constant:
            allowed = _choices(value.kind)
            said = get_args(constant.kind) if get_origin(constant.kind) is Literal else ()
            for text in said:
                if allowed is not None and text not in allowed:
                    raise ConditionError(f"{value.text} is never {text!r}", did_you_mean(text, allowed, "it can be"))


def _choices(kind: Any) -> tuple[str, ...] | None:
    found: list[str] = []
    for member in without_null(kind):
        if get_origin(member) is not Literal:
            return None
        found += [value for value in get_args(member) if isinstance(value, str)]
    return tuple(found) or None


def check_in(left: Part, right: Part) -> None:
    kinds = categories(right.kind)
    if kinds and not kinds & {"list", "text", "mapping", "any"}:
        raise ConditionError(f"nothing can be in {right.text}: it is {show(right.kind)}", "write a list: [1, 2]")
    item = item_type(right.kind)
    if item is not None and item is not Any:
        for member in alternatives(item):
            part = Part(member, right.value, right.text, right.constant)
            check_equal(left, part)
            check_choice(left, part)


def check_order(left: Part, right: Part, sign: str) -> None:
    for part in (left, right):
        kinds = categories(part.kind)
        if not kinds:
            raise ConditionError(f"null cannot be compared by {sign}", "write == null or != null")
        if not kinds & {"number", "text", "any"}:
            what = _WORDS.get(next(iter(kinds)), show(part.kind))
            hint = f"write len({part.text})" if "list" in kinds else "compare numbers with numbers, text with text"
            raise ConditionError(f"{part.text} is {what} and cannot be compared by {sign}", hint)
    ours, theirs = categories(left.kind), categories(right.kind)
    if "any" not in ours | theirs and not ours & theirs & {"number", "text"}:
        raise ConditionError(
            f"{left.text} ({_what(left)}) cannot be compared by {sign} with {right.text} ({_what(right)})",
            "compare numbers with numbers, text with text",
        )
