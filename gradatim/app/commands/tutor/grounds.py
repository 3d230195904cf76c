"""What the tutor's last words rest on, for a learner who asks why."""

from __future__ import annotations

from gradatim.agents.tutoring.checking import Secrets
from gradatim.agents.tutoring.state import case_of
from gradatim.app.console import shorten
from gradatim.graphs.tutoring import Turn, Tutor
from gradatim.graphs.tutoring.session import load_session
from gradatim.languages import say
from gradatim.tools.claims import Case

_OPEN = ("test", "exception", "syntax", "line", "concept", "misconception", "passage", "history", "mastery")
"""Kinds of evidence whose summary may be read; of a change or a trace only that there is one: it may tell the rest."""


async def grounds_text(tutor: Tutor, turn: Turn) -> str:
    """Each sentence of a turn that states something, with how it was checked and the evidence that it cites."""
    values = await load_session(tutor.store, turn.session) or {}
    case = case_of(values)
    secrets = Secrets.of(case)
    lines: list[str] = []
    for statement in turn.statements:
        if not statement.checks and not statement.evidence:
            continue
        lines.append(f"- {shorten(statement.text, 100)}")
        methods = dict.fromkeys(check.method for check in statement.checks if check.verdict == "supported")
        if methods:
            lines.append(f"    {say('tutoring.cli.checked', method=', '.join(methods))}")
        lines += [f"    {item}{_summary(item, case, secrets)}" for item in statement.evidence]
    return "\n".join(lines) or say("tutoring.cli.no-evidence")


def _summary(item: str, case: Case | None, secrets: Secrets) -> str:
    found = case.evidence.get(item) if case is not None else None
    if found is None or not found.visible or found.kind not in _OPEN:
        return ""
    return "" if secrets.told_by(found.summary) else f": {shorten(found.summary, 160)}"
