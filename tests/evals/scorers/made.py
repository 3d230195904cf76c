"""An assessment and its spans as plain data, small enough to see at once what a scorer ought to say of them."""

from __future__ import annotations

import copy
from typing import Any

Plain = dict[str, Any]

PROGRAM = "def total(n):\n    result = 0\n    for i in range(1, n):\n        result += i\n    return result\n"
SOLUTION = "def total(n):\n    result = 0\n    for i in range(1, n + 1):\n        result += i\n    return result\n"
SECOND = 1_000_000_000


def check(kind: str, verdict: str, **claim: Any) -> Plain:
    """A check of a claim."""
    return {"claim": {"kind": kind, **claim}, "verdict": verdict, "method": "evidence", "detail": "looked up"}


def said(text: str, *checks: Plain, evidence: tuple[str, ...] = (), claims: tuple[Plain, ...] = ()) -> Plain:
    """A sentence whose claims are those of its checks, and others."""
    return {
        "text": text,
        "evidence": list(evidence),
        "claims": [*(item["claim"] for item in checks), *claims],
        "checks": list(checks),
        "author": None,
    }


def inputs() -> Plain:
    """A task and a program that leaves the last number out."""
    return {
        "task": {
            "id": "total",
            "statement": "Write total(n), the sum of the numbers from 1 to n.",
            "setup": "",
            "concepts": ["for-loop", "range"],
            "reveal_solution": False,
            "reference": SOLUTION,
            "tests": [{"id": "t1", "call": "total(3)", "expect": "6"}, {"id": "t2", "call": "total(0)", "expect": "0"}],
        },
        "submission": {"id": "s1", "task_id": "total", "code": PROGRAM, "learner_id": "ann"},
        "learner": "ann",
    }


def outputs() -> Plain:
    """A good feedback on that program."""
    return {
        "id": "run-1",
        "execution": {"outcomes": [{"test": "t1", "status": "failed"}, {"test": "t2", "status": "passed"}]},
        "diagnosis": {
            "verdict": "incorrect",
            "error_category": "logical",
            "suspicious_lines": [{"line": 3, "score": 0.9}, {"line": 5, "score": 0.5}, {"line": 4, "score": 0.4}],
            "misconceptions": [{"id": "range-stop-included", "confidence": 0.8}, {"id": "off-by-one-loop"}],
            "repairs": [{"code": SOLUTION}],
            "evidence": [
                {"id": "test:t1", "kind": "test", "summary": "Test t1 `total(3)`: expected 6, got 3.", "lines": [],
                 "detail": {"test": "t1", "status": "failed"}, "visible": True},
                {"id": "line:3", "kind": "line", "summary": "Line 3 is `for i in range(1, n):`.", "lines": [3],
                 "detail": {"text": "for i in range(1, n):"}, "visible": True},
                {"id": "misconception:range-stop-included", "kind": "misconception", "lines": [3], "visible": True,
                 "summary": "In truth: the stop of a range is never among its numbers.",
                 "detail": {"concepts": ["range"], "path": ["range"], "talk": "Which number is missing?"}},
                {"id": "concept:while-loop", "kind": "concept", "summary": "A while loop repeats its block.",
                 "lines": [], "detail": {"concept": "while-loop"}, "visible": True},
            ],
        },
        "feedback": {
            "error_identification": [
                said("1 of 2 tests fails.", check("test_count", "supported", status="failed", count=1),
                     evidence=("test:t1",)),
                said("The evidence points to line 3.", check("line_quote", "supported", line=3, text=""),
                     evidence=("line:3",)),
            ],
            "explanation": [
                said("The stop of a range is never among its numbers.",
                     check("misconception", "supported", misconception="range-stop-included"),
                     evidence=("misconception:range-stop-included",)),
            ],
            "corrective_suggestion": [
                said("Which number is missing?", evidence=("misconception:range-stop-included",))
            ],
            "encouragement": [said("One test passes already: well begun.")],
            "author": "model:small",
            "withheld": [],
            "reused": False,
        },
        "confidence": {"value": 0.9, "route": "deliver", "calibrated": True},
        "delivered": True,
        "revisions": 0,
        "degradations": [],
        "changes": [],
        "rubric": {
            "value": 0.6,
            "measures": [
                {"name": "correctness", "weight": 0.5, "value": 0.5},
                {"name": "code_quality", "weight": 0.5, "value": 0.7},
                {"name": "explanation_clarity", "weight": 0.5, "value": None},
            ],
        },
        "seconds": {"execute": 0.5, "generate": 2.0},
        "usage": {"generate": {"input_tokens": 800, "output_tokens": 90, "cached_tokens": 300, "requests": 2}},
        "attributes": {},
        "spans": [],
    }  # fmt: skip


def reference() -> Plain:
    """What is known of that program."""
    return {
        "verdict": "incorrect",
        "lines": [3],
        "misconceptions": ["range-stop-included"],
        "category": ["logical"],
        "objectives": ["for-loop", "range"],
        "scores": {"correctness": {"a": 0.4, "b": 0.6}, "code_quality": {"a": 0.9}},
        "path": ["execute", "generate"],
    }


def span(id: str, operation: str, subject: str, start: float, end: float, **further: Any) -> Plain:
    """A span of a run; times are seconds from its beginning."""
    attributes: Plain = further.pop("attributes", {})
    return {
        "id": id,
        "parent": further.pop("parent", "root"),
        "name": f"{operation} {subject}",
        "operation": operation,
        "start": round(start * SECOND),
        "end": round(end * SECOND),
        "attributes": attributes,
        **further,
    }


def run(*spans: Plain, end: float = 10.0) -> list[Plain]:
    """Spans of a run with its own span before them."""
    return [span("root", "invoke_workflow", "assessment", 0.0, end, parent=None), *spans]


def changed(value: Plain, place: str, new: Any) -> Plain:
    """A copy in which something else stands at a place; `...` takes it away."""
    found = copy.deepcopy(value)
    *keys, last = place.split(".")
    inner: Any = found
    for key in keys:
        inner = inner[int(key)] if isinstance(inner, list) else inner[key]
    if new is ...:
        del inner[last]
    else:
        inner[int(last) if isinstance(inner, list) else last] = new
    return found
