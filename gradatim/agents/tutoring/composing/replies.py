"""What the tutor says to what the learner said or did: before any hint, and in place of one."""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.agents.tutoring.asking.questions import code
from gradatim.agents.tutoring.asking.view import View
from gradatim.agents.tutoring.composing.saying import Said, feeling, observed, said, told
from gradatim.agents.tutoring.notes import Fault, Question, Tally, Understanding
from gradatim.agents.tutoring.planning.tallying import Attempt
from gradatim.domain import FaultLineClaim, TestCountClaim
from gradatim.languages import say
from gradatim.tools.claims import Case

LATEST = "attempt:latest"
"""Cited by what is said of the program just handed in, which need not be the one that the session goes on from."""


def progress(
    attempt: Attempt, case: Case, tally: Tally, *, other_fault: bool, fault: Fault | None = None
) -> Iterator[Said]:
    """What a new program changed, by its tests; praise is for what really became better.

    Args:
        fault: Whose line is named where something else was changed; only where that line was told already.
    """
    total = attempt.total
    counted = TestCountClaim(status="passed", count=attempt.passed, total=total)
    numbers = {"now": attempt.passed, "before": attempt.before, "total": total}
    detail = f"{attempt.passed} of {total} tests pass, {attempt.before} before"
    if attempt.complete:
        key = "already" if attempt.before is None or attempt.same else "after" if tally.attempts > 1 else "first"
        yield said(f"passed.{key}", claims=(counted,), total=total, attempts=tally.attempts)
    elif attempt.before is None:
        return
    elif attempt.same:
        yield said("progress.same")
    elif attempt.broke is not None:
        error, line = attempt.broke
        key = "broke-anywhere" if line is None else "broke"
        text = say(f"tutoring.progress.{key}", error=error, line=line)
        yield observed("", text, f"loading it raises {error}", (LATEST,))
        yield said("progress.back")
    elif attempt.worse:
        if attempt.raises is not None:
            error, line = attempt.raises
            text = say(f"tutoring.progress.{'raises-anywhere' if line is None else 'raises'}", error=error, line=line)
            yield observed("", text, f"a test that raised nothing before raises {error}", (LATEST,))
        if attempt.passed != attempt.before:
            yield observed("", say("tutoring.progress.worse", **numbers), detail, (LATEST,))
        if attempt.set_back:
            yield said("progress.back")
            yield from _elsewhere(attempt, case, fault)
    elif attempt.set_back:
        yield observed("", say("tutoring.progress.none"), detail, (LATEST,))
        yield said("progress.back")
        yield from _elsewhere(attempt, case, fault)
    elif attempt.better:
        yield observed("", say("tutoring.progress.better", **numbers), detail, (LATEST,))
        if other_fault:
            yield observed("", say("tutoring.progress.other"), "another fault is found, and no test was lost")
    else:
        text = say(f"tutoring.progress.{'moved' if attempt.lost else 'none'}")
        yield observed("", text, detail)


def _elsewhere(attempt: Attempt, case: Case, fault: Fault | None) -> Iterator[Said]:
    """That another line was changed than the one that a verified change is at."""
    line = attempt.changed
    if fault is None or not fault.verified or fault.line is None or line is None or line in fault.lines:
        return
    if not 1 <= line <= len(case.lines):
        return
    claim = FaultLineClaim(line=fault.line)
    yield said("progress.elsewhere", claims=(claim,), changed=line, line=fault.line)


def judged(understood: Understanding, question: Question | None, number: int) -> Iterator[Said]:
    """Whether the learner's answer is the true one, and the truth as executed."""
    if understood.right is None or question is None:
        return
    if understood.right:
        yield feeling("answer.right", number)
        if question.kind == "predict" and question.misled and question.misled != question.answer:
            text = say("tutoring.answer.differs", needed=code(question.misled))
            yield observed("", text, "what the test needs", question.evidence, "evidence")
        return
    if not question.truth:
        yield said("answer.wrong-hidden")
        return
    yield feeling("answer.wrong", number)
    yield truth(question)
    if question.misled is not None and understood.answer == question.misled:
        yield said("answer.surprising")


def truth(question: Question) -> Said:
    """The true answer to a question."""
    if question.claims:
        return Said("", told(question.truth, question.evidence, question.claims))
    return observed("", question.truth, "the program was run and watched", question.evidence)


def encouragement(understood: Understanding | None, view: View | None, tally: Tally, number: int) -> Iterator[Said]:
    """Something friendly that fits the learner's mood, with something true that works already."""
    if understood is None:
        return
    intents = (understood.intent, *understood.also)
    if "frustration" in intents:
        yield feeling("affect.frustrated", tally.frustrations)
        yield from _works(view, tally)
    elif understood.intent == "dont-know":
        yield feeling("affect.unsure", number)
    elif understood.intent == "confusion":
        yield feeling("affect.confused", tally.confusions)
    elif understood.intent == "thanks":
        yield said("affect.thanks")
    elif understood.affect >= 0.6:
        yield said("affect.cheerful")


def _works(view: View | None, tally: Tally) -> Iterator[Said]:
    if view is None:
        return
    outcomes = view.case.execution.outcomes
    passed, passing = sum(item.status == "passed" for item in outcomes), view.passing()
    if 2 * passed >= len(outcomes) and passed < len(outcomes):
        claim = TestCountClaim(status="passed", count=passed, total=len(outcomes))
        yield said("works.some", claims=(claim,), passed=passed, total=len(outcomes))
    elif passing and passing[0].call:
        text = say("tutoring.works.right-for", call=passing[0].call)
        yield observed("", text, f"test {passing[0].id} passed", (f"test:{passing[0].id}",))
    elif tally.attempts > 1:
        text = say("tutoring.works.tried", attempts=tally.attempts)
        yield observed("", text, f"{tally.attempts} programs were handed in")


def unjudged(understood: Understanding, question: Question | None) -> Iterator[Said]:
    """To an explanation, or to an answer in words: nothing that was not run is called right or wrong."""
    if understood.intent not in ("explanation", "answer") or understood.right is not None or understood.copied:
        return
    if question is not None and question.kind in ("where", "explain"):
        yield said("answer.unjudged")


__all__ = ["encouragement", "judged", "progress", "truth", "unjudged"]
