"""What `run` and `resume` show: nodes as they work, outputs, and questions with how to answer them."""

from __future__ import annotations

import json
from typing import Any, cast

from gradatim.app.console import emit, out, printable, say, shorten
from gradatim.graphs.workflow.runs import Question, Run

WAITS = 1
"""Exit code of a run that waits for a person."""
_LONGEST = 4000


def show_run(run: Run, as_json: bool, wanted: tuple[str, ...]) -> int:
    """Tell how far a run has come; returns the exit code."""
    if as_json:
        emit(row_of(run))
        return 0 if run.finished else WAITS
    if run.finished:
        for key, value in run.outputs.items():
            out(f"{key}:")
            out(_indented(value))
        if wanted and not run.outputs:
            out("its outputs were not kept: they speak of several learners")
        for item in cast("list[dict[str, Any]]", run.state.get("degradations") or []):
            say(f"degraded: {printable(str(item.get('node')))}: {shorten(str(item.get('reason')), 200)}")
        return 0
    for question in run.questions:
        _show_question(question, run)
    return WAITS


def row_of(run: Run) -> dict[str, Any]:
    """A run as the JSON of `--json`."""
    return {
        "run": run.thread,
        "workflow": run.workflow,
        "finished": run.finished,
        "outputs": run.outputs,
        "questions": [
            {
                "id": item.id,
                "node": item.node,
                "question": item.text,
                "shown": item.shown,
                "allowed": list(item.allowed),
                "request": item.request,
            }
            for item in run.questions
        ],
        "degradations": run.state.get("degradations") or [],
        "seconds": run.state.get("seconds") or {},
        "usage": run.state.get("usage") or {},
    }


def _show_question(question: Question, run: Run) -> None:
    out(f"{question.node} asks: {printable(question.text, lines=True)}")
    for key, value in question.shown.items():
        out(f"  {printable(key)}:")
        out(_indented(value, 4))
    base = f"gradatim workflow resume {run.thread}"
    if len(run.questions) > 1:
        base += f" --question {question.id}"
    ways = {
        "approve": "--approve", "edit": "--edit FILE", "reject": "--reject TEXT", "respond": "--respond TEXT",
    }  # fmt: skip
    chosen = [text for kind, text in ways.items() if not question.allowed or kind in question.allowed]
    say(f"answer with: {base} {' | '.join(chosen)}")


def _indented(value: Any, by: int = 2) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… (the rest with --json)"
    return "\n".join(" " * by + line for line in printable(text, lines=True).splitlines())
