"""Types of keys: what may be read as what, and that what is unchecked stays so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pytest

from gradatim.agents.hitl import HITLResponse
from gradatim.domain import Evidence, Feedback, Noun, Task
from gradatim.graphs.workflow.types import Unchecked, fits, is_unchecked, show


@pytest.mark.parametrize(
    ("written", "wanted", "fit"),
    [
        (Task, Task, True),
        (Task, Noun, True),
        (Noun, Task, False),
        (Task, Feedback, False),
        (Task | None, Task, False),
        (Task, Task | None, True),
        (int, float, True),
        (float, int, False),
        (bool, int, False),
        (Literal["a"], str, True),
        (Literal["a"], Literal["a", "b"], True),
        (Literal["a", "c"], Literal["a", "b"], False),
        (str, Literal["a"], False),
        (list[Evidence], tuple[Evidence, ...], True),
        (list[Evidence], Sequence[Noun], True),
        (list[Task], list[Evidence], False),
        (dict[str, int], Mapping[str, float], True),
        (dict[str, Any], Task, True),
        (dict[str, int], Task, False),
        (Task, dict[str, Any], True),
        (HITLResponse, dict[str, Any], True),
        (HITLResponse, HITLResponse | None, True),
        (HITLResponse | None, HITLResponse, False),
        (int, HITLResponse, False),
        (HITLResponse, Task, False),
        (Any, Task, True),
        (Task, Any, True),
        (Unchecked[str], str, False),
        (Unchecked[str], Any, False),
        (list[Unchecked[str]], list[str], False),
        (Unchecked[str], Unchecked[str], True),
        (str, Unchecked[str], True),
        (Unchecked[str], Unchecked[int], False),
        (Unchecked[Feedback], Unchecked[Any], True),
    ],
)
def test_what_fits(written: Any, wanted: Any, fit: bool) -> None:
    assert fits(written, wanted) is fit


def test_types_are_told_in_words() -> None:
    assert show(list[Evidence] | None) == "list of Evidence or null"
    assert show(Unchecked[str]) == "unchecked text"
    assert show(Literal["a", "b"]) == "'a' | 'b'"
    assert show(dict[str, int]) == "mapping to whole number"
    assert is_unchecked(Unchecked[str] | None)
