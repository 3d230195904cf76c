"""Help for a learner who reviews another learner's program: what may go out, and what to look at again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from gradatim.agents.safety import SafetyWords, packaged_phrases
from gradatim.agents.state import (
    Plain,
    State,
    diagnosis_of,
    execution_of,
    grounds_of,
    submission_of,
    task_of,
)
from gradatim.domain import Check, Noun, ProseClaim, Statement
from gradatim.languages import available, say, speaking, variants
from gradatim.tools.claims import Case, ClaimChecker, false_acclaim, find_leak, judge_sentence, judge_text
from gradatim.tools.claims.verdict import SentenceVerdict

LONGEST = 6_000
"""Characters of a review that are read."""
PeerPart = Literal["problem", "next-step", "good"]
_FAULTS = frozenset(
    {"test_outcome", "call_result", "exception", "fault_line", "fault_kind", "misconception", "variable_value",
     "test_count", "input_class", "termination"}
)  # fmt: skip
"""Kinds of claims that name a problem."""


class PeerAdvice(Noun):
    """What the reviewer may want to look at again."""

    sentence: str
    """Of the review, as it stands there."""
    verdict: Literal["refuted", "unchecked", "solution", "unkind"]
    advice: str


class PeerReview(Noun):
    """A review by a peer, looked through."""

    statements: tuple[Statement, ...] = ()
    """What the author of the program may read."""
    advice: tuple[PeerAdvice, ...] = ()
    """For the reviewer alone."""
    covers: tuple[PeerPart, ...] = ()
    missing: tuple[str, ...] = ()
    """Hints for the reviewer at what a helpful review also says."""
    needs_person: bool = False
    """Whether a teacher should see it first: unkind words, signs of distress, or more than is read."""


class PeerReviewHelper:
    """Holds a peer's review against evidence, before the author of the program reads it.

    Sentences that evidence bears out, questions, words of taste, and what states nothing that could be false, go to
    the author. The reviewer is told about the others: what is false and why, what nothing shows, what gives the
    solution away, what is unkind. The review itself gives no orders to anything: it is read by rules alone.
    """

    name = "help_reviewer"

    def __init__(self, checker: ClaimChecker) -> None:
        self.checker = checker

    async def help(self, case: Case, review: str) -> PeerReview:
        """The review, looked through.

        Raises:
            SandboxError: A program has to be run and cannot be.
        """
        kept: list[Statement] = []
        advice: list[PeerAdvice] = []
        judged: list[tuple[str, SentenceVerdict]] = []
        for sentence, verdict in await judge_text(review[:LONGEST], "explanation", case, self.checker):
            if _asks(sentence):  # alone: whatever was false before it, asking does not make it so
                verdict = await judge_sentence(sentence, "explanation", case, self.checker)
            judged.append((sentence, verdict))
        for sentence, verdict in judged:
            found = self._advice(sentence, verdict, case)
            if found is None:
                kept.append(Statement(text=sentence, checks=verdict.checks, author="peer"))
            else:
                advice.append(found)
        covers = _covered(judged, review)
        safe = SafetyWords(packaged_phrases()).found([review], case.task.statement)
        return PeerReview(
            statements=tuple(kept),
            advice=tuple(advice),
            covers=covers,
            missing=tuple(say(f"classroom.peer.missing.{part}") for part in _PARTS if part not in covers),
            needs_person=safe or len(review) > LONGEST or any(item.verdict == "unkind" for item in advice),
        )

    def _advice(self, sentence: str, verdict: SentenceVerdict, case: Case) -> PeerAdvice | None:
        """What is wrong with a sentence; `None` where the author may read it."""
        if _has(sentence, _words("classroom.peer.unkind")):
            return PeerAdvice(sentence=sentence, verdict="unkind", advice=say("classroom.peer.advice.unkind"))
        if find_leak(sentence, case) is not None or _solves(verdict.checks, case):
            return PeerAdvice(sentence=sentence, verdict="solution", advice=say("classroom.peer.advice.solution"))
        acclaim = false_acclaim(sentence, case)
        if verdict.verdict == "refuted" or acclaim is not None:
            why = acclaim.detail if acclaim is not None else verdict.reason
            return PeerAdvice(
                sentence=sentence, verdict="refuted", advice=say("classroom.peer.advice.refuted", why=why.rstrip("."))
            )
        taste = _has(sentence, _words("classroom.peer.taste")) and "`" not in sentence
        if verdict.verdict == "unchecked" and not _asks(sentence) and not taste:
            return PeerAdvice(sentence=sentence, verdict="unchecked", advice=say("classroom.peer.advice.unchecked"))
        return None

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        case = Case.of(
            task_of(state), submission_of(state), execution_of(state), diagnosis_of(state), grounds_of(state)
        )
        found = await self.help(case, str(state.get("review") or ""))
        return {"peer_review": found.plain(), "statements": [item.plain() for item in found.statements]}


_PARTS: tuple[PeerPart, ...] = ("problem", "next-step", "good")


def _solves(checks: Iterable[Check], case: Case) -> bool:
    """Whether a change that makes every test pass is told, where the task does not allow that."""
    return not case.task.reveal_solution and any(
        check.claim.kind == "change_fixes" and check.verdict == "supported" for check in checks
    )


def _covered(judged: Sequence[tuple[str, SentenceVerdict]], review: str) -> tuple[PeerPart, ...]:
    """Which parts of a helpful review are there, by the claims of its sentences and by cue words."""
    kinds = {
        check.claim.kind
        for _, verdict in judged
        for check in verdict.checks
        if check.verdict == "supported" and not isinstance(check.claim, ProseClaim)
    }
    found: dict[PeerPart, bool] = {
        "problem": bool(kinds & _FAULTS),
        "next-step": any(_asks(sentence) for sentence, _ in judged) or _has(review, _words("classroom.peer.next")),
        "good": _has(review, _words("classroom.peer.good")),
    }
    return tuple(part for part in _PARTS if found[part])


def _asks(sentence: str) -> bool:
    return sentence.rstrip().endswith(("?", "？"))


def _words(key: str) -> tuple[str, ...]:
    """Words of every language: a review need not be written in the one that is spoken."""
    found: list[str] = []
    for code in available():
        with speaking(code):
            found += variants(key)
    return tuple(dict.fromkeys(found))


def _has(text: str, words: Iterable[str]) -> bool:
    lower = text.casefold()
    return any(_stands(word, lower) for word in words)


def _stands(word: str, text: str) -> bool:
    return bool(re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text)) if word.isascii() else word in text
