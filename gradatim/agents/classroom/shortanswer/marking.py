"""One criterion against one answer: what is said, what is not, and what a person has to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradatim.agents.classroom.shortanswer.question import Criterion, Judgement, JudgementVerdict
from gradatim.agents.classroom.shortanswer.reading import (
    Statement,
    Words,
    denied,
    negations_in,
    pairs,
    plain,
    share_of,
    statements,
)
from gradatim.languages import say

ALIKE = 0.55
"""Cosine similarity from which a sentence may say the same in other words. It only ever calls a person: a sentence and
its opposite are alike."""
_LIST = 0.85
"""Share of a statement's letters in keywords of any criterion from which it reads as a list and not as a statement."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is marked.

    Attributes:
        text: As it was given.
        single: Its sentences.
        joined: Pairs of sentences that belong together.
        likeness: (criterion's id, start of the sentence) → cosine similarity to what is wanted; empty where there was
            no embedding model.
        stated: Criterion's id → (sentence, whether the graph bears it out), for facts of the graph that were stated.
    """

    text: str
    single: tuple[Statement, ...]
    joined: tuple[Statement, ...]
    likeness: Mapping[tuple[str, int], float]
    stated: Mapping[str, tuple[Statement, bool]]

    @classmethod
    def of(cls, text: str, question: str) -> Answer:
        """An answer cut into statements."""
        single = statements(text, question)
        return cls(text, tuple(single), tuple(pairs(single, text)), {}, {})


def judge(criterion: Criterion, groups: Sequence[Words], answer: Answer, everything: Sequence[Words] = ()) -> Judgement:
    """Whether an answer says what a criterion asks for.

    Met is only what the learner's words show: every group of keywords in one statement that is not denied, or a fact
    that the concept graph bears out. What comes near is uncertain, with the words that come near.

    Args:
        groups: The criterion's keywords, names of concepts filled in.
        everything: Those of all criteria.
    """
    stated = answer.stated.get(criterion.id)
    if stated is not None:
        statement, holds = stated
        return _judged(criterion, "met" if holds else "not-met", statement, "graph", "stated" if holds else "reversed")
    if groups:
        told = (*answer.single, *answer.joined)
        complete = [item for item in told if all(group.found(item.plain) for group in groups)]
        doubts = [(item, _doubt(criterion, groups, item, everything)) for item in complete]
        sure = next((item for item, doubt in doubts if doubt is None), None)
        if sure is not None:
            return _judged(criterion, "met", sure, "keywords", "said")
        if doubts:
            statement, doubt = doubts[0]
            return _judged(criterion, "uncertain", statement, "keywords", doubt or "said")
    return _near(criterion, groups, answer)


def _doubt(
    criterion: Criterion, groups: Sequence[Words], statement: Statement, everything: Sequence[Words]
) -> str | None:
    """Why a statement with all keywords may not say it; `None` where it does."""
    spans = [span for group in groups if (span := group.found(statement.plain))]
    if any(Words((word,)).found(statement.plain) for word in criterion.unless):
        return "turned"
    keywords = (word for group in criterion.keywords for word in group)
    wanted = plain(" ".join((criterion.text, *criterion.examples, *keywords)))
    if denied(statement, spans, negations_in(wanted)):
        return "denied"
    return "listed" if share_of(statement, everything) >= _LIST else None


def _near(criterion: Criterion, groups: Sequence[Words], answer: Answer) -> Judgement:
    """What comes nearest, where no statement holds everything."""
    if not answer.single:
        return _judged(criterion, "not-met", None, "none", "empty")
    scores = {item.start: answer.likeness.get((criterion.id, item.start), 0.0) for item in answer.single}
    counts = {item.start: sum(group.found(item.plain) is not None for group in groups) for item in answer.single}
    best = max(answer.single, key=lambda item: (counts[item.start], scores[item.start]))
    alike = max(answer.single, key=lambda item: scores[item.start])
    everywhere = bool(groups) and all(any(group.found(item.plain) for item in answer.single) for group in groups)
    if everywhere:
        return _judged(criterion, "uncertain", best, "keywords", "scattered")
    if scores[alike.start] >= ALIKE:
        return _judged(criterion, "uncertain", alike, "likeness", "alike")
    if groups and counts[best.start] > len(groups) / 2:
        return _judged(criterion, "uncertain", best, "keywords", "partly")
    return _judged(criterion, "not-met", None, "none", "absent")


def _judged(
    criterion: Criterion, verdict: JudgementVerdict, statement: Statement | None, method: str, why: str
) -> Judgement:
    return Judgement.model_validate(
        {
            "criterion": criterion.id,
            "verdict": verdict,
            "points": criterion.points if verdict == "met" else 0.0,
            "out_of": criterion.points,
            "quote": statement.quote if statement else None,
            "start": statement.start if statement else None,
            "method": method,
            "why": say(f"classroom.short.why.{why}", wanted=criterion.text),
        }
    )
