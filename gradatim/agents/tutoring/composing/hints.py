"""The hint ladder: what is told on each rung about a fault, all of it from evidence.

1 orient: how many tests pass, and one run that goes wrong. 2 locate: the line, and what happens there. 3 concept: what
is true in general. 4 near-solution: kind and place of the change, what the run would need, and a worked example.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gradatim.agents.tutoring.asking.questions import code, extra, shown_input
from gradatim.agents.tutoring.asking.view import Shown, View
from gradatim.agents.tutoring.composing.departures import happens, would_need
from gradatim.agents.tutoring.composing.examples import fenced, worked
from gradatim.agents.tutoring.composing.saying import Said, observed, said
from gradatim.agents.tutoring.composing.saying import told as told_as
from gradatim.agents.tutoring.planning.target import adds_before, trusted_repair
from gradatim.agents.tutoring.turn import Rung
from gradatim.agents.tutoring.worked import WorkedExample
from gradatim.domain import (
    CallResultClaim,
    Claim,
    Evidence,
    ExceptionClaim,
    ExpectedResultClaim,
    FaultLineClaim,
    LineQuoteClaim,
    TestCountClaim,
    TestOutcomeClaim,
)
from gradatim.kg.labels import misconception_text
from gradatim.languages import has, say
from gradatim.languages.language import DEFAULT
from gradatim.languages.speaking import spoken
from gradatim.tools.claims.code import is_literal

_QUOTED = 80
"""Characters of a line that is quoted."""


def hints(view: View, rung: Rung, example: WorkedExample | None = None) -> tuple[Said, ...]:
    """What a rung of the ladder tells."""
    steps = {0: (), 1: (_orient,), 2: (_locate,), 3: (_concept,), 4: (_near,)}[rung]
    found = [item for step in steps for item in step(view)]
    return (*found, *worked(example)) if rung == 4 and example is not None else tuple(found)


def counts(view: View) -> Said:
    """How many tests pass."""
    outcomes = view.case.execution.outcomes
    passed = sum(item.status == "passed" for item in outcomes)
    key = "none" if not passed else "all" if passed == len(outcomes) else "one" if passed == 1 else "some"
    claim = TestCountClaim(status="passed", count=passed, total=len(outcomes))
    return said(f"counts.{key}", claims=(claim,), passed=passed, total=len(outcomes))


def _orient(view: View) -> Iterator[Said]:
    error = view.case.execution.load_error
    if error is not None:
        evidence = [
            item.id for item in view.case.evidence.values() if item.id == "exception:load" or item.kind == "syntax"
        ]
        line = view.fault.line or error.line
        if line is None:
            yield said("shown.load-anywhere", evidence=evidence, error=error.type, of=error.type)
        else:
            key = f"{error.type} {line}"
            claim = ExceptionClaim(exception=error.type)
            yield said("shown.load", evidence=evidence, claims=(claim,), error=error.type, line=line, of=key)
            for item in view.case.evidence.values():
                if item.kind == "syntax" and item.visible:
                    yield observed(f"syntax:{line}", item.summary, "said by the compiler", (item.id,), "source")
        return
    yield counts(view)
    if view.shown is None:
        yield said("shown.hidden")
        return
    if extra(view.shown):
        yield said("shown.made")
    yield from run_shown(view.shown, _evidence(view))


def run_shown(shown: Shown, told: Evidence | None = None) -> Iterator[Said]:
    """One failing run: the input, what came, what is needed.

    Args:
        told: The test's own evidence, for tests of a test file, of which the call is not known.
    """
    case, of = shown.case, shown.case.id + (shown.case.call or "")
    evidence = () if extra(shown) else (f"test:{case.id}",)
    outcome: tuple[Claim, ...] = () if extra(shown) else (TestOutcomeClaim(test=case.id, status="failed"),)
    if case.form == "check":
        text = f"{say('tutoring.shown.check')}\n{fenced(case.check or case.label)}"
        yield Said(f"shown.check:{of}", told_as(text, evidence, outcome))
        yield from _check_shown(shown, of)
    elif case.form == "suite":
        yield said("shown.suite", evidence=evidence, claims=outcome, name=case.label, of=of)
        if told is not None:
            yield observed(
                f"suite:{of}", say("tutoring.shown.suite-detail", detail=code(_detail(told))), told.summary, (told.id,)
            )
    elif shown.stopped:
        key, values = ("endless", {"call": case.call}) if case.call else ("input-endless", {"input": _input(shown)})
        yield said(f"shown.{key}", evidence=evidence, claims=outcome, of=of, **values)
    elif case.call is not None:
        yield _call_shown(shown, evidence, outcome, of)
    else:
        yield _input_shown(shown, evidence, outcome, of)
    if shown.raised is not None and shown.raised.line is not None and not extra(shown):
        claim = ExceptionClaim(exception=shown.raised.type, line=shown.raised.line)
        yield said(
            "shown.raised-in", evidence=evidence, claims=(claim,), of=of, error=shown.raised.type, line=claim.line
        )


def _check_shown(shown: Shown, of: str) -> Iterator[Said]:
    """What came of an assertion, where that is known."""
    cited = (f"test:{shown.case.id}",)
    if shown.raised is not None:
        text = say("tutoring.shown.check-raises", error=shown.raised.type)
        yield observed(f"check:{of}", text, "the test was run", cited)
    elif shown.got is not None and shown.needed is not None and shown.got != shown.needed:
        text = say("tutoring.shown.check-gives", got=code(shown.got), needed=code(shown.needed))
        yield observed(f"check:{of}", text, "the test was run", cited)


def _detail(told: Evidence) -> str:
    """What a test of a test file reported."""
    return told.summary.partition("`: ")[2].rstrip(".") or told.summary


def _evidence(view: View) -> Evidence | None:
    """The evidence of the test that is shown, where the learner may see it."""
    found = view.case.evidence.get(f"test:{view.shown.case.id}") if view.shown is not None else None
    return found if found is not None and found.visible else None


def _call_shown(shown: Shown, evidence: tuple[str, ...], outcome: tuple[Claim, ...], of: str) -> Said:
    call, needed = shown.case.call or "", shown.needed or "None"
    expected = ExpectedResultClaim(call=call, result=needed)
    values = {"call": call, "needed": code(needed)}
    if shown.raised is not None:
        claims = (CallResultClaim(call=call, result=shown.raised.type), expected)
        return said("shown.raises", evidence=evidence, claims=claims, of=of, error=shown.raised.type, **values)
    if shown.got is None:
        text = f"{say('tutoring.shown.check')}\n{fenced(f'{call} == {needed}')}"
        return Said(f"shown.check:{of}", told_as(text, evidence, (*outcome, expected)))
    # a value that is no plain data cannot be claimed; that the test fails can
    gives: tuple[Claim, ...] = (CallResultClaim(call=call, result=shown.got),) if is_literal(shown.got) else outcome
    if shown.case.raises is not None:
        return said(
            "shown.should-raise", evidence=evidence, claims=(*gives, expected), of=of, got=code(shown.got), **values
        )
    key = "nothing" if shown.got == "None" and needed != "None" else "gives"
    return said(f"shown.{key}", evidence=evidence, claims=(*gives, expected), of=of, got=code(shown.got), **values)


def _input_shown(shown: Shown, evidence: tuple[str, ...], outcome: tuple[Claim, ...], of: str) -> Said:
    values = {"input": _input(shown), "needed": code(repr((shown.needed or "").rstrip("\n")))}
    if shown.raised is not None:
        return said("shown.input-raises", evidence=evidence, claims=outcome, of=of, error=shown.raised.type, **values)
    if not (shown.got or "").strip():
        return said("shown.prints-nothing", evidence=evidence, claims=outcome, of=of, **values)
    got = code(repr((shown.got or "").rstrip("\n")))
    return said("shown.prints", evidence=evidence, claims=outcome, of=of, got=got, **values)


def _locate(view: View) -> Iterator[Said]:
    line = view.fault.line
    if line is None or not view.line(line):
        return
    text = view.line(line)
    claim = LineQuoteClaim(line=line, text=text if len(text) <= _QUOTED else "")
    of = str(line)
    if adds_before(view.case.diagnosis, line):  # the line itself is right
        yield said("locate.before", claims=(claim,), line=line, code=_line(text), of=of)
    elif view.fault.verified or view.fault.misconception is not None:
        fault = FaultLineClaim(line=line)
        yield said("locate.fault", claims=(claim, fault), line=line, code=_line(text), of=of)
    else:
        yield said("locate.line", claims=(claim,), line=line, code=_line(text), of=of)
    other = next((item for item in view.fault.lines if item != line and view.line(item)), None)
    if other is not None:
        quoted = LineQuoteClaim(line=other, text="")
        yield said("locate.also", claims=(quoted,), line=other, code=_line(view.line(other)), of=str(other))
    shown = view.shown
    if shown is not None and shown.raised is not None and shown.raised.line == line:
        raised = ExceptionClaim(exception=shown.raised.type, line=line)
        yield said("locate.raised", claims=(raised,) if not extra(shown) else (), error=shown.raised.type, of=of)
    yield from happens(view)
    repair = trusted_repair(view.case.diagnosis)
    if view.fault.verified and repair is not None and len(repair.edits) == 1 and line in repair.lines:
        text = say("tutoring.locate.verified")
        yield observed(f"locate.verified:{line}", text, "a changed program was run in all tests", ("repair:1",))


def _concept(view: View) -> Iterator[Said]:
    known = view.case.evidence.get(f"misconception:{view.fault.misconception}")
    if view.fault.misconception is not None and known is not None:
        correction = misconception_text(view.fault.misconception, "correction")
        if correction is None and spoken() == DEFAULT:
            correction = str(known.detail.get("correction") or "")
        if correction:
            yield observed(
                f"concept:{view.fault.misconception}",
                correction.strip(),
                "said by the concept graph",
                (known.id,),
                "graph",
            )
    if view.fault.family is not None and has(f"tutoring.idea.{view.fault.family}"):
        text = say(f"tutoring.idea.{view.fault.family}")
        yield observed(f"idea:{view.fault.family}", text, "true of Python in general", (), "graph")


def _near(view: View) -> Iterator[Said]:
    line, family = view.fault.line, view.fault.family
    if family is not None and has(f"tutoring.family.{family}"):
        named = say(f"tutoring.family.{family}")
        cited = tuple(
            item for item in ("repair:1", f"misconception:{view.fault.misconception}") if item in view.case.evidence
        )
        key = "kind" if line is not None else "kind-anywhere"
        text = say(f"tutoring.near.{key}", family=named, line=line)
        if cited or view.case.execution.load_error is not None:
            yield observed(
                f"near.kind:{family}", text, "read from the program and from what was tried", cited, "evidence"
            )
    if view.shown is not None:
        # the run may have been told long ago: what the learner compares stands together here
        yield from (replace(item, key="") for item in run_shown(view.shown, _evidence(view)))
    yield from (replace(item, key="") for item in happens(view))
    yield from would_need(view)


def _line(text: str) -> str:
    text = text.replace("`", "'")
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"


def _input(shown: Shown) -> str:
    return shown_input(shown.case.stdin or "")
