"""Judging agents in pytest.

pytest test_agents.py --gradatim-traces=runs.jsonl --gradatim-record=new.jsonl
"""

from __future__ import annotations

from typing import Any

import pytest

from gradatim.graphs import build_assessment_graph
from gradatim.testing import TASK, WRONG, run_graph, submission


@pytest.mark.gradatim_eval
def test_what_is_said_is_borne_out(trace: Any, score: Any, assert_score: Any) -> None:
    """Once for each recorded run; runs without a feedback cannot be judged, and that is all right."""
    assert_score(score("claim_support", trace), at_least=0.5, unscored=True)
    assert_score(score("leak", trace), at_most=0, unscored=True)


@pytest.mark.gradatim_eval
def test_the_fault_is_found(score: Any, assert_score: Any) -> None:
    """A run made now."""
    import asyncio

    run = asyncio.run(run_graph(build_assessment_graph, {"task": TASK, "submission": submission(WRONG)}))
    assert_score(score("verdict_agreement", run, {"verdict": "incorrect"}), at_least=1)
    assert_score(score("completeness", run), at_least=1)
