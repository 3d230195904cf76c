"""The words of a report, in the language spoken (`assessment.yaml`)."""

from __future__ import annotations

from gradatim.kg.labels import misconception_text
from gradatim.languages import has, say

_SECTION = "assessment"


def words(key: str, /, **values: object) -> str:
    """A phrase of the report."""
    return say(f"{_SECTION}.{key}", **values)


def counted(what: str, count: int) -> str:
    """`1 test`, `2 tests`."""
    return words(f"count.{what}.{'one' if count == 1 else 'many'}", n=f"{count:,}")


def named_or(key: str, otherwise: str) -> str:
    """A phrase of the report where the language spoken has one."""
    return words(key) if has(f"{_SECTION}.{key}") else otherwise


def named(group: str, key: str) -> str:
    """What something that others may add to is called; its own name in words where there is none."""
    return named_or(f"{group}.{key}", key.replace("_", " "))


def called(misconception: str) -> str:
    """A misconception by its id, with its name where the language spoken has one."""
    name = misconception_text(misconception, "name")
    return misconception if name is None else f"{misconception} {name}"
