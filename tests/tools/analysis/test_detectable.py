"""Every misconception is told by a detector, or it is written down why none can tell it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from gradatim.kg import packaged_curriculum
from gradatim.tools.analysis.detectors import ALWAYS_DETECTORS, TEXT_DETECTORS, TREE_DETECTORS

REASONS = Path(__file__).with_name("undetectable.yaml")
SHORTEST = 40
"""Characters below which a sentence gives no reason."""


@cache
def known() -> frozenset[str]:
    return frozenset(item.id for item in packaged_curriculum().misconceptions)


@cache
def told() -> frozenset[str]:
    detectors = (*TEXT_DETECTORS, *TREE_DETECTORS, *ALWAYS_DETECTORS)
    return frozenset(name for module in detectors for name in module.TELLS)


@cache
def reasons() -> dict[str, str]:
    return yaml.safe_load(REASONS.read_text("utf-8"))


def unaccounted(known: frozenset[str], told: frozenset[str], excused: frozenset[str]) -> dict[str, set[str]]:
    """What is wrong with a division of the misconceptions into those told and those excused; empty if nothing is."""
    found = {
        "neither told nor excused": set(known - told - excused),
        "excused although a detector tells it": set(told & excused),
        "excused and not in the graph": set(excused - known),
        "told and not in the graph": set(told - known),
    }
    return {problem: names for problem, names in found.items() if names}


def test_every_misconception_is_told_or_excused() -> None:
    assert unaccounted(known(), told(), frozenset(reasons())) == {}


def test_every_excuse_has_a_reason_of_one_line() -> None:
    for name, reason in reasons().items():
        assert isinstance(reason, str), name
        assert len(reason) >= SHORTEST, name
        assert "\n" not in reason, name
        assert reason.endswith("."), name


def test_no_excuse_is_written_down_twice() -> None:
    lines = REASONS.read_text("utf-8").splitlines()
    names = [line.split(":")[0] for line in lines if line and not line.startswith("#")]
    assert len(names) == len(set(names))


def test_most_misconceptions_are_told() -> None:
    assert len(told()) / len(known()) >= 0.9


@pytest.mark.parametrize(
    ("told", "excused", "problem"),
    [
        ({"a"}, set[str](), "neither told nor excused"),
        ({"a", "b"}, {"b"}, "excused although a detector tells it"),
        ({"a", "b"}, {"gone"}, "excused and not in the graph"),
        ({"a", "b", "gone"}, set[str](), "told and not in the graph"),
    ],
)
def test_every_kind_of_gap_is_noticed(told: set[str], excused: set[str], problem: str) -> None:
    assert list(unaccounted(frozenset({"a", "b"}), frozenset(told), frozenset(excused))) == [problem]
