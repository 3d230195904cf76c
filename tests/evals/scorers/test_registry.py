"""The registry: complete, lazy, and helpful with wrong names."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langsmith.evaluation import run_evaluator
from langsmith.schemas import Example, Run

from gradatim.errors import InputError
from gradatim.evals.scorers import SCORERS, scorers_of
from gradatim.evals.scorers.registry import FAMILIES
from tests.evals.scorers import made

_KEY = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*\Z")
_DOCS = Path(__file__).parents[3] / "docs" / "scorers.md"


def test_keys_are_those_of_the_scores() -> None:
    for key, info in SCORERS.items():
        assert _KEY.match(key)
        assert info.key == key
        assert info.summary.endswith(".")
        assert info.scorer(inputs={}, outputs={}, reference_outputs={})["key"] == key


def test_harnesses_find_the_parameters_that_they_look_for() -> None:
    for key, info in SCORERS.items():
        parameters = inspect.signature(info.scorer).parameters
        assert list(parameters) == ["inputs", "outputs", "reference_outputs"], key
        assert all(item.kind is inspect.Parameter.KEYWORD_ONLY for item in parameters.values())
        assert getattr(info.scorer, "__name__", key)


def test_langsmith_takes_a_scorer_as_its_evaluator() -> None:
    known: dict[str, Any] = {"id": uuid4(), "created_at": datetime.now(UTC), "dataset_id": uuid4()}
    run = Run(
        id=uuid4(), trace_id=uuid4(), name="run", run_type="chain", start_time=datetime.now(UTC),
        inputs=made.inputs(), outputs=made.outputs(),
    )  # fmt: skip
    example = Example(**known, inputs=made.inputs(), outputs=made.reference())
    found: Any = run_evaluator(SCORERS["fault_line_top1"].scorer).evaluate_run(run, example)
    assert (found.key, found.score) == ("fault_line_top1", True)


def test_every_family_has_scorers() -> None:
    assert {info.family for info in SCORERS.values()} == set(FAMILIES)


def test_every_scorer_of_these_families_is_documented() -> None:
    text = _DOCS.read_text(encoding="utf-8")
    missing = [key for key, info in SCORERS.items() if info.family != "tutoring" and not re.search(rf"`{key}`", text)]
    assert not missing


def test_chosen_by_key_and_by_family() -> None:
    chosen = scorers_of(["leak", " trajectory ", "leak", ""])
    assert chosen[0].key == "leak"
    assert {info.family for info in chosen[1:]} == {"trajectory"}
    assert len(scorers_of()) == len(SCORERS)


@pytest.mark.parametrize(("wrong", "meant"), [("haluccination", "hallucination"), ("trajektory", "trajectory")])
def test_unknown_names(wrong: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"did you mean '{meant}'"):
        scorers_of([wrong])
    with pytest.raises(InputError, match="no scorer was named"):
        scorers_of([])


def test_a_scorer_needs_no_heavy_library() -> None:
    code = (
        "import sys, gradatim.evals.scorers as s; s.SCORERS['latency']\n"
        "sys.exit(', '.join({'scipy', 'statsmodels', 'matplotlib', 'langgraph', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
