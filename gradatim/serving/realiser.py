"""The grounded realiser: deterministic feedback made from evidence alone, behind the chat-model interface.

It stands in for a language model (`--model none`), and for a model whose sentences were refuted too often. It
never says anything that the evidence does not say: each sentence is an evidence summary, a sentence of the
curriculum, or a count.

The evidence reaches it as data, not as text: the caller puts a `Grounding` into
`HumanMessage(…, additional_kwargs={"grounding": grounding.model_dump(mode="json")})`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from gradatim.domain import (
    Claim,
    Evidence,
    ExceptionClaim,
    LineQuoteClaim,
    MisconceptionClaim,
    MisconceptionMatch,
    Noun,
    SuspiciousLine,
    TestOutcomeClaim,
    Verdict,
)
from gradatim.errors import ModelError

TRUSTED_LINE = 0.5
"""Suspicion from which a line is named to the learner."""


class Grounding(Noun):
    """What a feedback may rest on, as data."""

    verdict: Verdict
    passed: int
    """Tests passed, hidden ones included."""
    total: int
    error_category: str | None = None
    suspicious_lines: tuple[SuspiciousLine, ...] = ()
    misconceptions: tuple[MisconceptionMatch, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """Only what the learner may see."""
    entry_point: str | None = None

    def of_kind(self, *kinds: str) -> list[Evidence]:
        return [item for item in self.evidence if item.kind in kinds]

    def get(self, evidence_id: str) -> Evidence | None:
        return next((item for item in self.evidence if item.id == evidence_id), None)


class Part(Noun):
    """One part of the answer, as every chat model that writes feedback has to give it."""

    text: str
    evidence: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    fact: str | None = None
    """A sentence of the evidence, chosen word for word, that the part begins with."""


class FeedbackAnswer(Noun):
    """The answer's shape: the four parts of SPEC §4."""

    error_identification: Part
    explanation: Part
    corrective_suggestion: Part
    encouragement: Part


class GroundedRealiser(BaseChatModel):
    """A chat model without weights: the same grounding always gives the same `FeedbackAnswer`."""

    model_name: str = "realiser"

    @property
    def _llm_type(self) -> str:
        return "gradatim-realiser"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        for message in reversed(messages):
            data = message.additional_kwargs.get("grounding")
            if data is not None:
                answer = realise(Grounding.model_validate(data))
                text = json.dumps(answer.plain(), ensure_ascii=False)
                generation = ChatGeneration(message=AIMessage(content=text), generation_info={"finish_reason": "stop"})
                return ChatResult(generations=[generation] * int(kwargs.get("n") or 1))
        raise ModelError(
            "the grounded realiser was given no evidence",
            place="model none",
            remedy="put a Grounding into additional_kwargs['grounding'] of a message, or choose a real model",
        )

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages, stop, None, **kwargs)


def realise(grounding: Grounding) -> FeedbackAnswer:
    """The four parts, from evidence alone."""
    if grounding.verdict == "correct":
        return FeedbackAnswer(
            error_identification=_all_passed(grounding),
            explanation=_concept(grounding),
            corrective_suggestion=_next_step(grounding),
            encouragement=_praise(grounding),
        )
    return FeedbackAnswer(
        error_identification=_identify(grounding),
        explanation=_explain(grounding),
        corrective_suggestion=_suggest(grounding),
        encouragement=_praise(grounding),
    )


def _identify(grounding: Grounding) -> Part:
    texts: list[str] = []
    evidence: list[str] = []
    claims: list[Claim] = []
    syntax = grounding.of_kind("syntax")
    failing = _failing(grounding)
    if syntax:
        texts.append(syntax[0].summary)
        evidence.append(syntax[0].id)
    elif failing:
        texts.append(f"{_count(grounding.total - grounding.passed, grounding.total, 'fail', 'fails')}.")
        texts.append(_sentence(failing[0].summary))
        evidence.append(failing[0].id)
        test = failing[0].id.partition(":")[2]
        status = str(failing[0].detail.get("status", "failed"))
        if status in ("failed", "error", "timeout"):
            claims.append(TestOutcomeClaim.model_validate({"test": test, "status": status}))
        raised = grounding.get(f"exception:{test}")
        if raised is not None:
            texts.append(_sentence(raised.summary))
            evidence.append(raised.id)
            if isinstance(raised.detail.get("type"), str):
                claims.append(ExceptionClaim(exception=str(raised.detail["type"])))
    else:
        texts.append(f"{_count(grounding.total - grounding.passed, grounding.total, 'fail', 'fails')}.")
        evidence += [item.id for item in grounding.of_kind("test")[:1]]
    quoted = _quoted_line(grounding)
    if quoted is not None and not syntax:
        line, text = quoted
        texts.append(f"The evidence points to line {line.lines[0]}: `{text}`.")
        evidence.append(line.id)
        claims.append(LineQuoteClaim(line=line.lines[0], text=text))
    repaired = grounding.of_kind("repair")
    if repaired:
        texts.append(_sentence(repaired[0].summary))
        evidence.append(repaired[0].id)
    return Part(text=" ".join(texts), evidence=tuple(evidence), claims=tuple(claims))


def _explain(grounding: Grounding) -> Part:
    match, known = _misconception(grounding)
    if match is not None:
        texts = [_sentence(match.why)]
        evidence = [item for item in match.evidence if grounding.get(item)]
        if known is not None:
            texts.append(_sentence(str(known.detail.get("correction") or known.summary)))
            evidence.append(known.id)
        return Part(
            text=" ".join(texts),
            evidence=tuple(evidence),
            claims=(MisconceptionClaim(misconception=match.id),),
        )
    for kind in ("static", "trace", "exception", "concept"):
        facts = grounding.of_kind(kind)
        if facts:
            return Part(text=_fact(facts[0]), evidence=(facts[0].id,))
    failing = _failing(grounding)
    return Part(
        text="The program runs, but what it gives differs from what the tests need.",
        evidence=tuple(item.id for item in failing[:1]),
    )


def _suggest(grounding: Grounding) -> Part:
    _, known = _misconception(grounding)
    asked = _to_learner(str(known.detail.get("talk") or "")) if known is not None else ""
    if known is not None and asked:
        return Part(text=asked, evidence=(known.id,))
    syntax = grounding.of_kind("syntax")
    if syntax:
        return Part(
            text="What differs, character by character, between that line and a similar one that works?",
            evidence=(syntax[0].id,),
        )
    failing = _failing(grounding)
    quoted = _quoted_line(grounding)
    where = f"line {quoted[0].lines[0]}" if quoted else "the program line by line"
    if failing:
        call = failing[0].detail.get("call")
        what = f"`{call}`" if isinstance(call, str) else "the failing input"
        return Part(
            text=f"Work through {what} by hand, follow {where}, and note the value of each variable: "
            "where does it first differ from what you expect?",
            evidence=(failing[0].id, *([quoted[0].id] if quoted else [])),
        )
    return Part(text="Which inputs has nobody tried yet: an empty one, a single element, a negative number?")


def _praise(grounding: Grounding) -> Part:
    history = grounding.of_kind("history")
    evidence = tuple(item.id for item in grounding.of_kind("test")[:1])
    if grounding.verdict == "correct":
        return Part(text="Well done: keep testing your programs as you did here.", evidence=evidence)
    if grounding.passed:
        return Part(
            text=f"{_count(grounding.passed, grounding.total, 'pass', 'passes')} already, so much of the idea "
            "is right.",
            evidence=evidence,
        )
    if history:
        return Part(
            text="You have worked your way through a fault like this before, and you can do it again.",
            evidence=(history[0].id,),
        )
    return Part(text="Faults like this are a normal step on the way; take it one line at a time.", evidence=evidence)


def _all_passed(grounding: Grounding) -> Part:
    tests = grounding.of_kind("test")
    return Part(
        text=f"No error was found: {_count(grounding.passed, grounding.total, 'pass', 'passes')}.",
        evidence=tuple(item.id for item in tests[:1]),
    )


def _concept(grounding: Grounding) -> Part:
    concepts = grounding.of_kind("concept", "path")
    if concepts:
        return Part(text=_fact(concepts[0]), evidence=(concepts[0].id,))
    return Part(
        text="The program gave the expected value in every test.",
        evidence=tuple(item.id for item in grounding.of_kind("test")[:1]),
    )


def _next_step(grounding: Grounding) -> Part:
    facts = grounding.of_kind("static")
    if facts:
        return Part(
            text=f"{_sentence(facts[0].summary)} Would the program be clearer without that?",
            evidence=(facts[0].id,),
        )
    return Part(text="Can you say in one sentence why the program is right for every input, not only the tested ones?")


def _fact(item: Evidence) -> str:
    """What a piece of evidence says; a concept by its definition, two sentences at most."""
    definition = item.detail.get("definition")
    if isinstance(definition, str):
        return " ".join(re.split(r"(?<=[.!?])\s+", " ".join(definition.split()))[:2])
    return _sentence(item.summary)


def _to_learner(talk: str) -> str:
    """What a curriculum's advice to a teacher says to the learner: its sentences that do not speak about them."""
    said = re.split(r"(?<=[.!?])\s+", " ".join(talk.split()))
    return " ".join(sentence for sentence in said if not re.search(r"\b(?:learner|student|pupil)s?\b", sentence, re.I))


def _failing(grounding: Grounding) -> list[Evidence]:
    return [item for item in grounding.of_kind("test") if item.detail.get("status") != "passed"]


def _misconception(grounding: Grounding) -> tuple[MisconceptionMatch | None, Evidence | None]:
    for match in grounding.misconceptions:
        if match.confidence >= TRUSTED_LINE:
            return match, grounding.get(f"misconception:{match.id}")
    return None, None


def _quoted_line(grounding: Grounding) -> tuple[Evidence, str] | None:
    """The most suspicious line, where it is suspicious enough to be named."""
    for suspect in grounding.suspicious_lines[:1]:
        item = grounding.get(f"line:{suspect.line}")
        text = str(item.detail.get("text", "")).strip() if item else ""
        if item is not None and text and suspect.score >= TRUSTED_LINE:
            return item, text
    return None


def _count(part: int, whole: int, plural: str, singular: str) -> str:
    if part == whole:
        return f"all {whole} tests {plural}" if whole > 1 else f"the only test {singular}"
    return f"{part} of {whole} tests {singular if part == 1 else plural}"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?" else f"{text}."


def available(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The part of the evidence that a learner may see."""
    return tuple(item for item in evidence if item.visible)
