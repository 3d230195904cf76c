"""`gradatim trace list`: the traces of a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.commands.trace.asking import from_option
from gradatim.app.console import emit, out, plural, printable, say, shorten, table
from gradatim.app.options import json_option

if TYPE_CHECKING:
    from gradatim.evals.traces.trace import Trace

_NOTES = 10


@click.command("list")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@from_option
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many.")
@click.option("--check", is_flag=True, help="Also check the spans against the GenAI conventions of OpenTelemetry.")
@json_option
def list_traces(file: Path, source: Any, limit: int | None, check: bool, as_json: bool) -> None:
    """List the traces of FILE, which may be of any format that `gradatim trace export` knows.

    With --json, one object a line.

    \b
    Exit codes: 0 done; 1 --check found something; 2 the file cannot be read.
    """
    from gradatim.evals.traces.formats import check_trace, open_traces

    rows: list[tuple[str, ...]] = []
    wrong: list[str] = []
    count = problems = 0
    for count, trace in enumerate(open_traces(file, source), 1):
        found = check_trace(trace) if check else []
        problems += len(found)
        wrong += [f"trace {trace.id}, {problem}" for problem in found][: max(0, _NOTES - len(wrong))]
        facts = _facts(trace) | ({"problems": [str(problem) for problem in found]} if check else {})
        if as_json:
            emit({"number": count, **facts})
        else:
            rows.append((str(count), *(_cell(facts[key]) for key in _COLUMNS)))
        if count == limit:
            break
    if not as_json:
        out(table(rows, header=("", *_COLUMNS)) if rows else f"{printable(str(file))} holds no traces")
    for note in wrong:
        say(printable(note))
    if check:
        say(f"{plural(problems, 'departure')} from the conventions in {plural(count, 'trace')}")
    if problems:
        sys.exit(1)


_COLUMNS = ("id", "name", "sample", "verdict", "route", "confidence", "agents", "spans", "seconds", "tokens", "errors")


def _facts(trace: Trace) -> dict[str, Any]:
    from gradatim.evals.traces.formats.plain import mapping, number

    confidence = mapping(trace.outputs.get("confidence"))
    tokens = [
        count
        for span in trace.of("chat")
        for side in ("input", "output")
        if (count := number(span.attributes.get(f"gen_ai.usage.{side}_tokens"))) is not None
    ]
    root = trace.root
    return {
        "id": trace.id,
        "name": trace.name,
        "sample": trace.attributes.get("sample") or trace.attributes.get("conversation"),
        "verdict": mapping(trace.outputs.get("diagnosis")).get("verdict"),
        "route": confidence.get("route"),
        "confidence": number(confidence.get("value")),
        "agents": len(trace.path),
        "spans": len(trace.spans),
        "seconds": root.seconds if root is not None and root.end else None,
        "tokens": int(sum(tokens)) if tokens else None,
        "errors": sum(not span.ok for span in trace.spans),
    }


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.3g}" if isinstance(value, float) else shorten(str(value), 34)
