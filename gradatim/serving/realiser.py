"""The grounded realiser: deterministic feedback made from evidence alone, behind the chat-model interface.

It stands in for a language model (`--model none`), and for a model whose sentences were refuted too often. It
never says anything that the evidence does not say: each sentence is an evidence summary, a sentence of the
curriculum, or a count. It speaks the language that is spoken; the evidence has to be told in it already.

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
from gradatim.languages import phrase, say

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


def pointing(grounding: Grounding) -> Part | None:
    """A sentence that points to the most suspicious line, where it is suspicious enough; none for a syntax error."""
    quoted = _quoted_line(grounding)
    if quoted is None or grounding.of_kind("syntax"):
        return None
    line, text = quoted
    said = say("realiser.points", line=line.lines[0], text=text)
    return Part(text=said, evidence=(line.id,), claims=(LineQuoteClaim(line=line.lines[0], text=text),))


def naming(grounding: Grounding) -> Part | None:
    """What shows the likeliest misconception and what is true instead, where it is likely enough to be told."""
    match, known = _misconception(grounding)
    if match is None:
        return None
    texts = [_sentence(match.why)]
    evidence = [item for item in match.evidence if grounding.get(item)]
    if known is not None:
        texts.append(_sentence(str(known.detail.get("correction") or known.summary)))
        evidence.append(known.id)
    return Part(
        text=phrase("realiser.form.join").join(texts),
        evidence=tuple(evidence),
        claims=(MisconceptionClaim(misconception=match.id),),
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
        texts.append(say("realiser.counted", count=_count(grounding.total - grounding.passed, grounding.total, "fail")))
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
        texts.append(say("realiser.counted", count=_count(grounding.total - grounding.passed, grounding.total, "fail")))
        evidence += [item.id for item in grounding.of_kind("test")[:1]]
    pointed = pointing(grounding)
    if pointed is not None:
        texts.append(pointed.text)
        evidence += pointed.evidence
        claims += pointed.claims
    repaired = grounding.of_kind("repair")
    if repaired:
        texts.append(_sentence(repaired[0].summary))
        evidence.append(repaired[0].id)
    return Part(text=phrase("realiser.form.join").join(texts), evidence=tuple(evidence), claims=tuple(claims))


def _explain(grounding: Grounding) -> Part:
    named = naming(grounding)
    if named is not None:
        return named
    for kind in ("static", "trace", "exception", "concept"):
        facts = grounding.of_kind(kind)
        if facts:
            return Part(text=_fact(facts[0]), evidence=(facts[0].id,))
    failing = _failing(grounding)
    return Part(
        text=say("realiser.differs"),
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
            text=say("realiser.compare"),
            evidence=(syntax[0].id,),
        )
    failing = _failing(grounding)
    quoted = _quoted_line(grounding)
    where = say("realiser.at_line", line=quoted[0].lines[0]) if quoted else say("realiser.line_by_line")
    if failing:
        call = failing[0].detail.get("call")
        what = f"`{call}`" if isinstance(call, str) else say("realiser.failing_input")
        return Part(
            text=say("realiser.work_through", what=what, where=where),
            evidence=(failing[0].id, *([quoted[0].id] if quoted else [])),
        )
    return Part(text=say("realiser.untried"))


def _praise(grounding: Grounding) -> Part:
    history = grounding.of_kind("history")
    evidence = tuple(item.id for item in grounding.of_kind("test")[:1])
    if grounding.verdict == "correct":
        return Part(text=say("realiser.praise.correct"), evidence=evidence)
    if grounding.passed:
        return Part(
            text=say("realiser.praise.some", count=_count(grounding.passed, grounding.total, "pass")),
            evidence=evidence,
        )
    if history:
        return Part(
            text=say("realiser.praise.again"),
            evidence=(history[0].id,),
        )
    return Part(text=say("realiser.praise.none"), evidence=evidence)


def _all_passed(grounding: Grounding) -> Part:
    tests = grounding.of_kind("test")
    return Part(
        text=say("realiser.no_error", count=_count(grounding.passed, grounding.total, "pass")),
        evidence=tuple(item.id for item in tests[:1]),
    )


def _concept(grounding: Grounding) -> Part:
    concepts = grounding.of_kind("concept", "path")
    if concepts:
        return Part(text=_fact(concepts[0]), evidence=(concepts[0].id,))
    return Part(
        text=say("realiser.every_test"),
        evidence=tuple(item.id for item in grounding.of_kind("test")[:1]),
    )


def _next_step(grounding: Grounding) -> Part:
    facts = grounding.of_kind("static")
    if facts:
        return Part(
            text=say("realiser.clearer", fact=_sentence(facts[0].summary)),
            evidence=(facts[0].id,),
        )
    return Part(text=say("realiser.why_right"))


def _fact(item: Evidence) -> str:
    """What a piece of evidence says; a concept by its definition, two sentences at most."""
    definition = item.detail.get("definition")
    if isinstance(definition, str):
        return phrase("realiser.form.join").join(_sentences(definition)[:2])
    return _sentence(item.summary)


def _to_learner(talk: str) -> str:
    """What a curriculum's advice to a teacher says to the learner: its sentences that do not speak about them."""
    about = re.compile(phrase("realiser.form.third_person"), re.IGNORECASE)
    return phrase("realiser.form.join").join(sentence for sentence in _sentences(talk) if not about.search(sentence))


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+|(?<=[。！？])\s*", " ".join(text.split())) if part]


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


def _count(part: int, whole: int, what: str) -> str:
    """How many tests `pass` or `fail`."""
    if part == whole:
        return say(f"realiser.{what}.{'all' if whole > 1 else 'only'}", whole=whole)
    return say(f"realiser.{what}.{'one' if part == 1 else 'some'}", part=part, whole=whole)


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?。！？" else f"{text}{phrase('realiser.form.stop')}"


def available(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The part of the evidence that a learner may see."""
    return tuple(item for item in evidence if item.visible)
