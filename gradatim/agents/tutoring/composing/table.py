"""Another way to show a run: a table of its lines and of what they change."""

from __future__ import annotations

from gradatim.agents.tutoring.asking.questions import shown_input
from gradatim.agents.tutoring.asking.view import View
from gradatim.agents.tutoring.composing.saying import Said, observed
from gradatim.languages import say
from gradatim.tools.tracing import TraceStep

ROWS = 8
COLUMNS = 4
_WIDE = 24
"""Characters of a value in a cell."""


def trace_table(view: View) -> Said | None:
    """The run that is shown, line by line; `None` where there is nothing to see in it."""
    if view.trace is None or view.shown is None:
        return None
    steps = [step for step in view.trace.steps if step.kind == "line" and step.changes]
    if view.fault.lines:
        functions = {step.function for step in view.trace.steps if step.line in view.fault.lines}
        steps = [step for step in steps if step.function in functions] or steps
    names = list(dict.fromkeys(name for step in steps for name in step.changes if "." not in name))[:COLUMNS]
    if not names or not steps:
        return None
    rows = [_row(step, names) for step in steps[:ROWS]]
    head = [say("tutoring.table.line"), *names]
    lines = [_line(head), _line(["---"] * len(head)), *(_line(row) for row in rows)]
    if len(steps) > ROWS:
        lines.append(_line(["…"] * len(head)))
    call = view.shown.case.call
    if view.shown.case.form == "check":
        intro = say("tutoring.table.intro-check")
    elif call is not None:
        intro = say("tutoring.table.intro", call=call)
    else:
        intro = say("tutoring.table.intro-input", input=shown_input(view.shown.case.stdin or ""))
    text = "\n".join([intro, "", *lines])
    return observed(f"table:{view.shown.case.id}", text, "the run was watched line by line")


def _row(step: TraceStep, names: list[str]) -> list[str]:
    return [str(step.line), *(_cell(step.changes.get(name)) for name in names)]


def _cell(value: str | None) -> str:
    if value is None:
        return ""
    flat = " ".join(value.split()).replace("|", "/")
    return flat if len(flat) <= _WIDE else f"{flat[: _WIDE - 1]}…"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
