"""Questions about one program, each with its true answer from a run.

A question's own words give nothing away that was not said before: what is asked for is left out of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradatim.agents.tutoring.asking.aiming import concerns, constant, loop_matters, shown_in
from gradatim.agents.tutoring.asking.view import EXTRA, Shown, View
from gradatim.agents.tutoring.notes import AskedKind, Question
from gradatim.agents.tutoring.planning.target import adds_before
from gradatim.agents.tutoring.turn import Rung
from gradatim.domain import (
    CallResultClaim,
    Claim,
    ExpectedResultClaim,
    TestOutcomeClaim,
    VariableValueClaim,
    stable_id,
)
from gradatim.languages import say, variants
from gradatim.tools.claims.code import is_literal
from gradatim.tools.tracing import TraceStep

LONGEST = 60
"""Characters of a value that a learner is asked for."""
MOST_ROUNDS = 12
"""Rounds of a loop that a learner is asked to count."""
LATEST = 3
"""Which time a line ran, at most, that a learner is asked about."""

Source = Callable[[View], Iterator[Question]]


def questions(view: View, rung: Rung) -> tuple[Question, ...]:
    """Questions that fit a rung of the ladder, the best first; those of other rungs behind them.

    Before a line was named, no question names one; only on higher rungs is what the run would need asked for.
    """
    if view.case.execution.load_error is not None:  # Python itself names the line, and nothing runs
        return tuple({item.id: item for source in (_explain_line, _try) for item in source(view)}.values())
    return tuple({item.id: item for source in _SOURCES[rung] for item in source(view)}.values())


def asked(kind: AskedKind, text: str, **known: object) -> Question:
    """A question with the id that its text gives it."""
    return Question.model_validate({"id": stable_id(kind, text), "kind": kind, "text": text, **known})


def _predict(view: View) -> Iterator[Question]:
    """What the program gives for another failing test."""
    for item in view.others:
        if item.case.call is None or item.got is None or not _askable(item.got):
            continue
        yield asked(
            "predict",
            say("tutoring.ask.predict", call=item.case.call),
            answer=item.got,
            truth=say("tutoring.truth.gives", call=item.case.call, value=code(item.got)),
            claims=(CallResultClaim(call=item.case.call, result=item.got),),
            evidence=(f"test:{item.case.id}",),
            concept=view.fault.concept,
            misled=item.needed,
        )


def _needed(view: View) -> Iterator[Question]:
    """What the task needs for a test that was not shown yet."""
    for case in (*(item.case for item in view.others), *view.passing()):
        if case.call is None or case.expect is None or not _askable(case.expect):
            continue
        yield asked(
            "needed",
            say("tutoring.ask.needed", call=case.call),
            answer=case.expect,
            truth=say("tutoring.truth.needed", call=case.call, value=code(case.expect)),
            claims=(ExpectedResultClaim(call=case.call, result=case.expect),),
        )


def _printed(view: View) -> Iterator[Question]:
    """What a whole program prints for another failing test's input."""
    for item in view.others:
        if item.case.form != "program" or item.got is None or len(item.got) > LONGEST or not item.got.strip():
            continue
        given = shown_input(item.case.stdin or "")
        yield asked(
            "output",
            say("tutoring.ask.printed", input=given),
            answer=repr(item.got.strip()),
            truth=say("tutoring.truth.prints", input=given, value=code(repr(item.got.rstrip()))),
            claims=(_outcome(item),),
            evidence=(f"test:{item.case.id}",),
            concept=view.fault.concept,
        )


def _rounds(view: View) -> Iterator[Question]:
    """How often the body of a loop runs, for the loops at the fault."""
    run = _run_of(view)
    if view.trace is None or run is None or not view.trace.whole:
        return
    for loop in view.loops():
        if not loop_matters(view, loop):
            continue
        count = view.trace.hits.get(loop.body, 0) if loop.body != loop.line else 0
        reached = view.trace.hits.get(loop.line, 0)
        if reached and count <= MOST_ROUNDS:
            yield asked(
                "rounds",
                say("tutoring.ask.rounds", line=loop.line, run=run),
                answer=str(count),
                truth=say("tutoring.truth.rounds", line=loop.line, run=run, count=count),
                concept=view.fault.concept,
            )


def _value(view: View) -> Iterator[Question]:
    """What a variable holds after a line at the fault, in the run that is shown."""
    run = _run_of(view)
    if view.trace is None or run is None or not view.trace.whole:
        return
    near = _near(view)
    steps = [step for line in near for step in view.trace.of_line(line) if step.changes]
    for step in sorted(steps, key=lambda item: (near.index(item.line), item.occurrence != 2, item.occurrence)):
        if step.occurrence > LATEST:
            continue
        for name, value in step.changes.items():
            shown = shown_in(view.line(step.line), value) or constant(view.line(step.line))
            if _askable(value) and "." not in name and not shown and concerns(view, step.line, name):
                yield _value_question(view, step, name, value, run)


def _value_question(view: View, step: TraceStep, name: str, value: str, run: str) -> Question:
    call = view.shown.case.call if view.shown else None
    once = len(view.trace.of_line(step.line)) == 1 if view.trace else True
    where = {"line": step.line, "name": name, "run": run}
    claims: tuple[Claim, ...] = ()
    if call is not None:
        claims = (
            VariableValueClaim(variable=name, value=value, line=step.line, occurrence=step.occurrence, call=call),
        )
    key, ordinals = "value" if once else "value-then", variants("tutoring.ordinal")
    time = ordinals[min(step.occurrence, len(ordinals)) - 1]
    return asked(
        "value",
        say(f"tutoring.ask.{key}", time=time, **where),
        answer=value,
        truth=say(f"tutoring.truth.{key}", time=time, value=code(value), **where),
        claims=claims,
        concept=view.fault.concept,
    )


def _next_line(view: View) -> Iterator[Question]:
    """Which line runs next after a decision at the fault."""
    run = _run_of(view)
    if view.trace is None or run is None:
        return
    for line in view.fault.lines:
        if not view.line(line).startswith(("if ", "elif ", "while ", "for ")):
            continue
        for step in view.trace.of_line(line)[:1]:
            after = next(
                (
                    item
                    for item in view.trace.steps[step.index + 1 :]
                    if item.frame == step.frame and item.kind == "line"
                ),
                None,
            )
            if after is not None and after.line != line:
                yield asked(
                    "next-line",
                    say("tutoring.ask.next-line", line=line, run=run),
                    answer=str(after.line),
                    truth=say("tutoring.truth.next-line", line=line, run=run, next=after.line),
                    concept=view.fault.concept,
                )


def _needed_value(view: View) -> Iterator[Question]:
    """What a variable, or a result, would have to be where the run goes astray."""
    found, run = view.departure, _run_of(view)
    if found is None or run is None or found.detail.get("how") not in ("value", "return"):
        return
    needed, line, name = found.detail.get("needed"), found.detail.get("line"), found.detail.get("variable")
    if not isinstance(needed, str) or not isinstance(line, int) or not _askable(needed):
        return
    where = {"line": line, "run": run}
    if isinstance(name, str):
        text = say("tutoring.ask.needed-value", name=name, **where)
    else:
        text = say("tutoring.ask.needed-result", **where)
    # a wrong answer is not answered by the right one where it would be typed into the line as it stands
    truth = "" if not isinstance(name, str) or constant(view.line(line)) else say(
        "tutoring.truth.needed-value", name=name, value=code(needed), **where
    )  # fmt: skip
    yield asked("needed-value", text, answer=needed, truth=truth, evidence=(found.id,), concept=view.fault.concept)


def _where(view: View) -> Iterator[Question]:
    """Where the learner thinks the fault is; not judged."""
    yield asked("where", say("tutoring.ask.where"))


def _explain_line(view: View) -> Iterator[Question]:
    """What the learner thinks a line does; not judged."""
    line = view.fault.line
    if line is not None and view.line(line) and not adds_before(view.case.diagnosis, line):
        yield asked("explain", say("tutoring.ask.explain-line", line=line))


def _try(view: View) -> Iterator[Question]:
    """What the learner would change; answered by a program."""
    if view.fault.line is not None:
        yield asked("explain", say("tutoring.ask.change", line=view.fault.line))
    yield asked("explain", say("tutoring.ask.change-anything"))


_SOURCES: dict[Rung, tuple[Source, ...]] = {
    0: (_needed, _predict, _printed, _where),
    1: (_predict, _printed, _needed, _where),
    2: (_value, _rounds, _next_line, _predict, _printed, _explain_line, _where),
    3: (_value, _needed_value, _next_line, _rounds, _needed, _explain_line, _where),
    4: (_needed_value, _needed, _value, _rounds, _next_line, _try),
}


def code(value: str) -> str:
    """A value between backticks, shortened."""
    flat = " ".join(value.split("\n")).replace("`", "'")
    return f"`{flat if len(flat) <= LONGEST * 2 else flat[: LONGEST * 2 - 1] + '…'}`"


def printed(text: str) -> str:
    """What a program printed, line by line."""
    return " / ".join(code(line) for line in text.splitlines()) or code("")


def shown_input(text: str) -> str:
    """Standard input as a learner reads it: its lines, one behind the other."""
    return code(repr(text))


def _run_of(view: View) -> str | None:
    """What the run is called in a question: its call, or its input."""
    if view.shown is None:
        return None
    if view.shown.case.call is not None:
        return say("tutoring.run.call", call=view.shown.case.call)
    if view.shown.case.form != "program":
        return say("tutoring.run.check") if view.shown.case.form == "check" else None
    return say("tutoring.run.input", input=shown_input(view.shown.case.stdin or ""))


def _near(view: View) -> list[int]:
    """Lines at the fault, then those of the loop around it, then those that change something at all."""
    lines = list(view.fault.lines)
    for loop in view.loops():
        if any(loop.line <= line <= loop.last for line in view.fault.lines):
            lines += list(range(loop.body, loop.last + 1))
    rest = [step.line for step in view.trace.steps if step.kind == "line" and step.changes] if view.trace else []
    return list(dict.fromkeys((*lines, *rest)))


def _askable(value: str) -> bool:
    """Whether a value can be asked for: short, and plain data."""
    return len(value) <= LONGEST and is_literal(value)


def _outcome(item: Shown) -> Claim:
    return TestOutcomeClaim(test=item.case.id, status="failed")


def extra(item: Shown) -> bool:
    """Whether a run is one that was made, not a test's."""
    return item.case.id == EXTRA
