"""Which fault the tutor works on, from the diagnosis."""

from __future__ import annotations

from gradatim.agents.tutoring.notes import Fault
from gradatim.agents.tutoring.worked import family_of_misconception, family_of_operators
from gradatim.domain import Diagnosis, Evidence, Execution, MisconceptionMatch, Repair, Task, stable_id

SURE = 0.8
"""Confidence of a misconception from which its lines count more than those of a change that was found."""
LIKELY = 0.55
"""Confidence from which a misconception is worked on."""
NATURAL = 0.1
"""Weight of a verified change from which it is taken for the change that a person would make."""


def trusted_repair(diagnosis: Diagnosis) -> Repair | None:
    """The verified change that is small and natural enough to tell where the fault lies; `None` where none is.

    A change that makes the tests pass by a special case ("if weight == 2.5: return 7") tells nothing of the fault.
    """
    repair = diagnosis.repair
    if repair is None or repair.weight < NATURAL or repair.generalises is False:
        return None
    return None if any("+" in edit.operator and "syntax" not in edit.operator for edit in repair.edits) else repair


def adds_before(diagnosis: Diagnosis, line: int) -> bool:
    """Whether the trusted change leaves a line (1-based) as it is and only puts something before it."""
    repair = trusted_repair(diagnosis)
    if repair is None or len(repair.edits) != 1:
        return False
    edit = repair.edits[0]
    return edit.line == line and edit.last_line < line


def departure_of(diagnosis: Diagnosis) -> Evidence | None:
    """Where the run first leaves the right way, as far as it may be shown and rests on something trusted."""
    found = next((item for item in diagnosis.evidence if item.kind == "trace" and item.visible), None)
    if found is None:
        return None
    if found.detail.get("rests_on") == "repair" and trusted_repair(diagnosis) is None:
        return None
    return found


def fault_of(task: Task, execution: Execution, diagnosis: Diagnosis, concepts: dict[str, str] | None = None) -> Fault:
    """The fault to work on.

    Its line is that of a misconception that the program surely shows, else of a trusted change, else the most
    suspicious one. It is shown by a visible failing test, the one that the trace was made of where there is one.

    Args:
        concepts: Misconception → the concept it is about.
    """
    match = next((item for item in diagnosis.misconceptions if item.confidence >= LIKELY and item.lines), None)
    repair, departure = trusted_repair(diagnosis), departure_of(diagnosis)
    lines = _lines(diagnosis, match, repair)
    family = family_of_misconception(match.id) if match is not None else None
    if family is None and repair is not None:
        family = family_of_operators(edit.operator for edit in repair.edits)
    if family is None and execution.load_error is not None:
        family = "indentation" if execution.load_error.type in ("IndentationError", "TabError") else None
        family = family or ("syntax" if execution.load_error.type == "SyntaxError" else None)
    if family is None and diagnosis.error_category == "NameError":
        family = "name"
    concept = (concepts or {}).get(match.id) if match is not None else None
    return Fault(
        key=stable_id(match.id if match else family or f"line {lines[:1]}", diagnosis.error_category or ""),
        test=_test(task, execution, departure, match),
        line=lines[0] if lines else None,
        lines=lines,
        family=family,
        misconception=match.id if match else None,
        concept=concept or (task.concepts[0] if task.concepts else None),
        verified=repair is not None and bool(set(repair.lines) & set(lines)),
    )


def _lines(diagnosis: Diagnosis, match: MisconceptionMatch | None, repair: Repair | None) -> tuple[int, ...]:
    syntax = next((item for item in diagnosis.evidence if item.kind == "syntax"), None)
    if syntax is not None and syntax.lines:
        return syntax.lines[:1]
    if match is not None and (match.confidence >= SURE or repair is None):
        both = [line for line in match.lines if repair is not None and line in repair.lines]
        return tuple(dict.fromkeys((*both, *match.lines)))[:3]
    if repair is not None:
        return repair.lines[:3]
    return tuple(item.line for item in diagnosis.suspicious_lines[:1])


def _test(task: Task, execution: Execution, departure: Evidence | None, match: MisconceptionMatch | None) -> str | None:
    """A visible failing test: that of the trace, else the one with the shortest call."""
    failing = {item.test for item in execution.outcomes if item.status not in ("passed", "not-run")}
    visible = [case for case in task.tests if not case.hidden and case.id in failing]
    if not visible:
        return None
    traced = departure.detail.get("test") if departure is not None else None
    cited = {item.partition(":")[2] for item in (match.evidence if match else ()) if item.startswith("test:")}
    for wanted in ({str(traced)}, cited):
        found = [case for case in visible if case.id in wanted]
        if found:
            return found[0].id
    return min(visible, key=lambda case: len(case.call or case.stdin or case.label)).id
