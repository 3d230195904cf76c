"""Dialogues about one wrong program, to score."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo

PROGRAM = """\
def countdown(n):
    result = []
    for i in range(n, 1, -1):
        result.append(i)
    return result
"""
RIGHT = PROGRAM.replace("range(n, 1, -1)", "range(n, 0, -1)")
TASK: dict[str, Any] = {
    "id": "countdown",
    "title": "Countdown",
    "statement": "Write countdown(n) that returns the list n, n-1, …, 1.",
    "entry_point": "countdown",
    "reference": RIGHT,
    "tests": [{"call": "countdown(3)", "expect": "[3, 2, 1]"}, {"call": "countdown(1)", "expect": "[1]"}],
}
TRUTH: dict[str, Any] = {"verdict": "incorrect", "lines": [3], "misconceptions": ["range-stop-included"]}
ASKED = "countdown(3) gives [3, 2]. Why?"


def tutor(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": text, **more}


def learner(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": text, **more}


def inputs(asked: str = ASKED, **more: Any) -> dict[str, Any]:
    return {"task": TASK, "submission": {"code": PROGRAM}, "messages": [learner(asked)], **more}


def info(key: str) -> ScorerInfo:
    found: ScorerInfo = import_module(f"gradatim.evals.scorers.tutoring.{key}").INFO
    return found


def score(
    key: str, *messages: Mapping[str, Any] | str, given: Mapping[str, Any] | None = None,
    reference: Mapping[str, Any] | None = TRUTH, **outputs: Any,
) -> Score:  # fmt: skip
    """The score of a dialogue; texts alone are said by the tutor."""
    said = [tutor(item) if isinstance(item, str) else item for item in messages]
    return info(key).scorer(
        inputs=inputs() if given is None else given, outputs={"messages": said, **outputs}, reference_outputs=reference
    )


def label(key: str, *messages: Mapping[str, Any] | str, **more: Any) -> str | None:
    """The label of the last turn."""
    found = score(key, *messages, **more)
    if found["score"] is None:
        return None
    labels = found["metadata"]["labels"]
    return str(labels[max(labels, key=int)])
