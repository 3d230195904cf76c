"""Measured assessments for tests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gradatim.serving.capacity.measured import Measured, Request

GENERATE = {
    "input_tokens": 1600,
    "cached_tokens": 600,
    "output_tokens": 400,
    "requests": 1,
    "samples": 1,
    "seconds": 20.0,
}
CRITIQUE = {
    "input_tokens": 1800,
    "cached_tokens": 1500,
    "output_tokens": 360,
    "requests": 1,
    "samples": 3,
    "seconds": 9.5,
}


def line(**usage: Any) -> str:
    """A line as `gradatim assess --jsonl` writes it, as far as it matters here."""
    return json.dumps({"submission": "a.py", "assessment": {"id": "1", "usage": usage}})


def write(path: Path, lines: Iterable[str]) -> Path:
    path.write_text("".join(f"{text}\n" for text in lines), "utf-8")
    return path


def measured(*assessments: tuple[Request, ...]) -> Measured:
    return Measured(assessments, tuple(1.0 for _ in assessments), 0, "here")
