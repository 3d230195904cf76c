"""The messages that put one case before a model.

Generator and critic share every message up to the last, so that a serving engine computes that prefix once: what both
are asked to do stands in the system prompt, which all cases share, and the last message is one line. Then comes the
task, which its learners share, and then the program and all that rests on it.
"""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from gradatim.agents.answer import said
from gradatim.agents.prompts import fence, load_prompt
from gradatim.agents.untrusted import Screen, screened, statement_view
from gradatim.domain import Evidence, LearnerState
from gradatim.serving.realiser import Grounding, available
from gradatim.tools.claims import sentences
from gradatim.tools.claims.case import Case

JOBS = ("worked_reasoning", "self_reflection")
"""Prompts of what a model is asked about a program that fails."""
STATEMENT, PROGRAM, SUMMARY = 900, 3000, 260
"""Characters of the task's statement, the program, and one evidence summary that a prompt holds at most."""
QUOTAS = {
    "syntax": 1, "test": 4, "exception": 1, "repair": 1, "static": 2, "trace": 1, "line": 2, "misconception": 2,
    "history": 1, "mastery": 1, "concept": 1,
}  # fmt: skip
"""Pieces of evidence of each kind that a prompt holds at most, in the order in which it shows them."""

_HIDE = "Do not write corrected code and do not say the exact change. Lead the student there with a question."
_SHOW = "You may show corrected code."
_LEAD = "one question, without code, that leads to the fix. Do not give the fix."
_TELL = "say what to change and why."


def citable(case: Case, grounds: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What a model may see and cite: visible evidence, a few pieces of each kind.

    A misconception that the program shows no sign of is left out: it would put a guess into the model's mouth.
    """
    chosen: list[Evidence] = []
    for kind, quota in QUOTAS.items():
        found = [item for item in available(grounds) if item.kind == kind and item.detail.get("matched", True)]
        chosen += found[:quota]
    return tuple(chosen)


def grounding_of(case: Case, evidence: Sequence[Evidence]) -> Grounding:
    """The same material as data, for the grounded realiser."""
    outcomes = case.execution.outcomes
    return Grounding(
        verdict=case.execution.verdict,
        passed=sum(outcome.status == "passed" for outcome in outcomes),
        total=len(outcomes),
        error_category=case.diagnosis.error_category,
        suspicious_lines=case.diagnosis.suspicious_lines,
        misconceptions=case.diagnosis.misconceptions,
        evidence=tuple(evidence),
        entry_point=case.task.entry_point,
    )


def case_messages(case: Case, evidence: Sequence[Evidence], learner: LearnerState | None) -> list[BaseMessage]:
    """System prompt and material of the case; what is asked of the model comes after them."""
    passed = sum(outcome.status == "passed" for outcome in case.execution.outcomes)
    screen = Screen.of(case.task, case.submission.code)
    material = load_prompt("case").render(
        title=fence(statement_view(case.task.title), 120),
        statement=fence(statement_view(case.task.statement).strip(), STATEMENT),
        program=fence(screened(screen.lines), PROGRAM),
        verdict=f"{case.execution.verdict}; {passed} of {len(case.execution.outcomes)} tests pass.",
        evidence="\n".join(_shown(item, screen) for item in evidence) or "none",
        learner=_about(learner),
    )
    grounding = grounding_of(case, evidence).plain()
    return [
        SystemMessage(instructions(case.task.reveal_solution)),
        HumanMessage(material, additional_kwargs={"grounding": grounding}),
    ]


def instructions(reveal: bool, jobs: Sequence[str] = JOBS) -> str:
    """The system prompt, with the description of each job that the last message may ask for.

    Args:
        reveal: Whether the task lets corrected code be shown.
        jobs: Names of the prompts that describe them.
    """
    rules = load_prompt("system").render(reveal_rule=_SHOW if reveal else _HIDE)
    rule = _TELL if reveal else _LEAD
    return "\n\n".join([rules, *(load_prompt(job).render(suggestion_rule=rule) for job in jobs)])


def _shown(item: Evidence, screen: Screen) -> str:
    return f"[{item.id}] {fence(screen.evidence(item, _told(item)), SUMMARY)}"


def _told(item: Evidence) -> str:
    """What a model reads of a piece of evidence, two sentences at most."""
    text = " ".join(sentences(said(item))[:2])
    return text.replace('"', "'")  # a model that copies a double quote ends its own JSON string


def _about(learner: LearnerState | None) -> str:
    if learner is None or not learner.events:
        return "Nothing is known about this student yet."
    weak = [f"{item.concept} ({item.probability:.2f})" for item in learner.mastery[:3]]
    return f"{learner.events} earlier events; least mastered: {', '.join(weak) or 'nothing observed'}."
