"""What `run` and `resume` show: nodes as they work, outputs, and questions with how to answer them."""

from __future__ import annotations

import json
from typing import Any, cast

import yaml

from gradatim.agents.hitl import ACTION, request_of
from gradatim.app.console import emit, out, printable, say, shorten
from gradatim.graphs.workflow.runs import Question, Run

WAITS = 1
"""Exit code of a run that waits for a person."""
_LONGEST = 4000
_STATEMENT = {"text", "evidence", "claims", "checks"}
"""Fields by which a checked sentence is known in plain data."""


def show_run(run: Run, as_json: bool, wanted: tuple[str, ...]) -> int:
    """Tell how far a run has come; returns the exit code."""
    if as_json:
        emit(row_of(run))
        return 0 if run.finished else WAITS
    if run.finished:
        for key, value in run.outputs.items():
            _show_value(key, value)
        if wanted and not run.outputs:
            out("its outputs were not kept: they speak of several learners")
        for item in cast("list[dict[str, Any]]", run.state.get("degradations") or []):
            say(f"degraded: {printable(str(item.get('node')))}: {shorten(str(item.get('reason')), 200)}")
        return 0
    show_questions(run)
    return WAITS


def show_questions(run: Run) -> None:
    """Tell what a run asks, with what the person has to see, and how to answer."""
    for question in run.questions:
        _show_question(question, run)


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
    out(printable(f"{question.node or run.workflow} asks: {question.text}", lines=True))
    if question.action == ACTION:
        request = request_of(question.request)
        _show_value("feedback", request.feedback.plain(), 2)
        say(f"all about it: gradatim review show {request.id}")
    else:
        for key, value in question.shown.items():
            if value is not None:
                _show_value(key, value, 2)
    base = f"gradatim workflow resume {run.thread}"
    if len(run.questions) > 1:
        base += f" --question {question.id}"
    ways = {
        "approve": "--approve", "edit": "--edit FILE", "reject": "--reject TEXT", "respond": "--respond TEXT",
    }  # fmt: skip
    chosen = [text for kind, text in ways.items() if not question.allowed or kind in question.allowed]
    say(f"answer with: {base} {' | '.join(chosen)}")


def _show_value(key: str, value: Any, by: int = 0) -> None:
    """A value under its key, as YAML; a feedback as the sentences that it says, each with what its checks say."""
    if isinstance(value, bool | int | float | str | None) and "\n" not in str(value):
        out(f"{' ' * by}{printable(key)}: {printable(_plain_text(value))}")
        return
    text = value if isinstance(value, str) else _yaml(_readable(value))
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… (the rest with --json)"
    out(f"{' ' * by}{printable(key)}:")
    out("\n".join(" " * (by + 2) + line for line in printable(text.rstrip("\n"), lines=True).splitlines()))


class _Dumper(yaml.SafeDumper):
    """Texts of several lines, programs above all, stand as they are."""


def _lines(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    if "\n" not in text:
        return dumper.represent_str(text)
    # a blank at a line's end would have YAML escape all of it
    shown = "\n".join(line.rstrip() for line in text.expandtabs(4).splitlines())
    return yaml.ScalarNode("tag:yaml.org,2002:str", shown, style="|")


_Dumper.add_representer(str, _lines)


def _yaml(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def _plain_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _readable(value: Any) -> Any:
    """A value without what says nothing to a person: empty parts, and the claims and checks behind sentences."""
    if isinstance(value, list):
        return [_readable(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    parts = cast("dict[str, Any]", value)
    if parts.keys() >= _STATEMENT:
        return _sentence(parts)
    return {key: _readable(item) for key, item in parts.items() if item not in (None, [], {})}


def _sentence(parts: dict[str, Any]) -> str:
    verdicts = {check.get("verdict") for check in parts["checks"]}
    mark = "✗" if "refuted" in verdicts else "✓" if "supported" in verdicts else "?"
    return f"{mark} {parts['text']}"
