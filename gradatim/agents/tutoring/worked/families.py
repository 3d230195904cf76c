"""Families of faults: one coarse vocabulary for what misconceptions and verified changes are about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of fault.

    Attributes:
        name: Also the place of its phrases (`tutoring.family.NAME`, `tutoring.idea.NAME`).
        misconceptions: Expressions for ids of misconceptions that belong to it.
        operators: Names of edit operators that belong to it.
        wrong: A small program with such a fault.
        right: The same without it.
    """

    name: str
    misconceptions: tuple[re.Pattern[str], ...]
    operators: frozenset[str]
    wrong: str
    right: str


@cache
def families() -> dict[str, Family]:
    """All families by name, in the order in which they are tried."""
    text = resources.files("gradatim.agents.tutoring.worked").joinpath("families.yaml").read_text(encoding="utf-8")
    return {
        name: Family(
            name,
            tuple(re.compile(pattern) for pattern in entry["misconceptions"]),
            frozenset(entry["operators"]),
            entry["wrong"],
            entry["right"],
        )
        for name, entry in yaml.safe_load(text).items()
    }


def family_of_misconception(misconception: str) -> str | None:
    """The family that a misconception belongs to; `None` where it belongs to none."""
    for family in families().values():
        if any(pattern.fullmatch(misconception) for pattern in family.misconceptions):
            return family.name
    return None


def family_of_operators(operators: Iterable[str]) -> str | None:
    """The family of a change made by these operators; `None` where it is no one thing."""
    names = [part for operator in operators for part in operator.split("+")]
    found = dict.fromkeys(family.name for name in names for family in families().values() if name in family.operators)
    telling = [name for name in found if name != "empty-input"] or list(found)
    return telling[0] if len(telling) == 1 else None
