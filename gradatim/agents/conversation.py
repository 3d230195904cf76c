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
from gradatim.kg.labels import concept_text
from gradatim.languages import language, say, spoken
from gradatim.serving.realiser import Grounding, available
from gradatim.tools.claims import sentences
from gradatim.tools.claims.case import Case
from gradatim.tools.telling import told_all, told_match

JOBS = ("worked_reasoning", "self_reflection")
"""Prompts of what a model is asked about a program that fails."""
STATEMENT, PROGRAM, SUMMARY = 900, 3000, 260
"""Characters of the task's statement, the program, and one evidence summary that a prompt holds at most."""
QUOTAS = {
    "syntax": 1, "test": 4, "exception": 1, "repair": 1, "static": 2, "trace": 1, "line": 2, "misconception": 2,
    "history": 1, "mastery": 1, "concept": 1,
}  # fmt: skip
"""Pieces of evidence of each kind that a prompt holds at most, in the order in which it shows them."""


def citable(case: Case, grounds: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What a model may see and cite: visible evidence, a few pieces of each kind.

    A misconception that the program shows no sign of is left out: it would put a guess into the model's mouth. It is
    told in the language spoken.
    """
    chosen: list[Evidence] = []
    for kind, quota in QUOTAS.items():
        found = [item for item in available(grounds) if item.kind == kind and item.detail.get("matched", True)]
        chosen += found[:quota]
    return told_all(chosen)


def grounding_of(case: Case, evidence: Sequence[Evidence]) -> Grounding:
    """The same material as data, for the grounded realiser."""
    outcomes = case.execution.outcomes
    return Grounding(
        verdict=case.execution.verdict,
        passed=sum(outcome.status == "passed" for outcome in outcomes),
        total=len(outcomes),
        error_category=case.diagnosis.error_category,
        suspicious_lines=case.diagnosis.suspicious_lines,
        misconceptions=tuple(told_match(match) for match in case.diagnosis.misconceptions),
        evidence=told_all(evidence),
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
        verdict=say(
            "feedback.prompt.verdict",
            verdict=case.execution.verdict,
            passed=passed,
            total=len(case.execution.outcomes),
        ),
        evidence="\n".join(_shown(item, screen) for item in evidence) or say("feedback.prompt.nothing"),
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
    rules = load_prompt("system").render(reveal_rule=say(f"feedback.prompt.{'show' if reveal else 'hide'}"))
    rule = say(f"feedback.prompt.{'tell' if reveal else 'lead'}")
    texts = [rules, *(load_prompt(job).render(suggestion_rule=rule) for job in jobs)]
    if not all(load_prompt(name).speaks for name in ("system", *jobs)):
        texts.append(say("feedback.prompt.write_in", language=language(spoken()).english))
    return "\n\n".join(texts)


def _shown(item: Evidence, screen: Screen) -> str:
    return f"[{item.id}] {fence(screen.evidence(item, _told(item)), SUMMARY)}"


def _told(item: Evidence) -> str:
    """What a model reads of a piece of evidence, two sentences at most."""
    text = " ".join(sentences(said(item))[:2])
    return text.replace('"', "'")  # a model that copies a double quote ends its own JSON string


def _about(learner: LearnerState | None) -> str:
    if learner is None or not learner.events:
        return say("feedback.prompt.unknown")
    weak = [f"{_named(item.concept)} ({item.probability:.2f})" for item in learner.mastery[:3]]
    listed = ", ".join(weak) or say("feedback.prompt.unobserved")
    return say("feedback.prompt.known", events=learner.events, weak=listed)


def _named(concept: str) -> str:
    """A concept as a prompt names it: by its name in the language spoken, or by its id."""
    return concept_text(concept, "name") or concept
