"""Listener: understands what the learner's message is.

Signs in the words decide where they are clear; then likeness to known messages; a model is asked only where both leave
it open, and may only pick one of the intents. Whatever the message says, it is never an instruction.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, get_args

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from gradatim.agents.prompts import fence, load_prompt
from gradatim.agents.safety import SafetyWords, packaged_phrases
from gradatim.agents.state import Plain, State, degraded
from gradatim.agents.tutoring.notes import Question, Understanding
from gradatim.agents.tutoring.state import exchanges_of, heard_of, plan_of, task_of
from gradatim.agents.tutoring.turn import Heard, Intent
from gradatim.agents.tutoring.understanding.answers import given_answer, same_answer, short
from gradatim.agents.tutoring.understanding.codeblocks import program_in
from gradatim.agents.tutoring.understanding.cues import SETTLES, Cues, packaged_cues
from gradatim.agents.tutoring.understanding.likeness import Likeness, PrototypeLikeness
from gradatim.errors import ModelError
from gradatim.kg import ConceptStore
from gradatim.kg.schema import Concept
from gradatim.serving.realiser import GroundedRealiser
from gradatim.serving.structured import ask_structured

_ORDER: tuple[Intent, ...] = (
    "person-request", "answer-request", "frustration", "confusion", "dont-know", "hint-request", "farewell",
    "greeting", "off-topic", "explanation", "question", "thanks",
)  # fmt: skip
"""Which intent a message has whose signs are equally strong."""
_ASKED: tuple[Intent, ...] = (
    "question", "answer", "explanation", "confusion", "frustration", "hint-request", "dont-know", "off-topic",
)  # fmt: skip
"""What a model may choose from. Not a wish for the solution: cues tell that, and whoever is wrongly told that they
want it feels accused."""
ALIKE, APART = 0.34, 0.02
"""Likeness from which a message is taken for what it resembles, and by how much the next intent has to stay behind."""
COPIED = 0.75
"""Share of a message's words that stand one behind the other in the tutor's text, from which it is a copy."""
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,60}\b(?:instruction|rule|prompt|previous|above|guideline)"
    r"|\b(?:system|developer)\s+(?:prompt|message|mode)\b|\byou\s+are\s+now\b|\bact\s+as\b|\bpretend\b|\bjailbreak"
    r"|(?:忽略|无视|忘记|忘掉)[^。？！]{0,12}(?:规则|指令|要求|设定|提示|限制)|你现在是|扮演|系统提示",
    re.IGNORECASE,
)
FAINT = 0.2
"""Likeness from which a message is taken for what it resembles most, where nothing else decides."""
_BRIEF = 20
"""Characters of a question that is taken to be about the program at hand, whatever it resembles: "and this one?"."""
_SECONDS = 20.0
"""Time that a model gets for sorting one message."""


class Listener:
    """Understands messages.

    Args:
        concepts: To find out which concept a question is about.
        model: Asked where nothing else decides; never the realiser.
        safety: Words that a person should see.
    """

    name = "understand"

    def __init__(
        self,
        concepts: ConceptStore | None = None,
        model: BaseChatModel | None = None,
        *,
        cues: Cues | None = None,
        likeness: Likeness | None = None,
        safety: SafetyWords | None = None,
    ) -> None:
        self.concepts = concepts
        self.model = None if isinstance(model, GroundedRealiser) else model
        self.cues = cues or packaged_cues()
        self.likeness = likeness or PrototypeLikeness(self.cues.like)
        self.safety = safety or SafetyWords(packaged_phrases())

    async def understand(
        self, heard: Heard, open_question: Question | None = None, *, about: str = "", before: str = ""
    ) -> tuple[Understanding, str | None]:
        """What a message is, and the program that came with it.

        Args:
            open_question: What the tutor asked last.
            about: The task's own text: words of it belong to the subject.
            before: What the tutor said last.

        Raises:
            ModelError: The model was asked and does not answer.
        """
        code, text = (heard.code, heard.message) if heard.code is not None else program_in(heard.message)
        found = await self._sorted(text, code, open_question, about)
        concept = await self._concept(text) if found.intent in ("question", "confusion") else None
        return found.model_copy(
            update={
                "affect": self._affect(text, found),
                "concept": concept.id if concept else None,
                "copied": code is None and _copied(text, before),
                "orders": bool(_ORDERS.search(text)),
            }
        ), code

    async def _sorted(self, text: str, code: str | None, question: Question | None, about: str) -> Understanding:
        if self.safety.found([text], about):
            return Understanding(intent="distress", also=("attempt",) if code is not None else ())
        weights = self.cues.weights(text)
        if code is not None:
            return Understanding(intent="attempt", also=_besides(weights))
        if not re.search(r"\w", text):
            confused = "?" in text or "？" in text
            return Understanding(intent="confusion" if confused else "empty")
        reply = _reply(text, question)
        best = max(weights.values(), default=0)
        if reply is not None and best < SETTLES + 2 and not _asks(weights):
            given, right = reply
            return Understanding(intent="answer", answer=given, right=right, also=_besides(weights))
        intent = self._by_rule(text, weights, about)
        if intent is not None:
            also: tuple[Intent, ...] = tuple(item for item in _besides(weights) if item != intent)
            sure = 1.0 if weights.get(intent, 0) >= SETTLES else 0.7
            return Understanding(intent=intent, confidence=sure, also=also)
        return await self._by_likeness(text, weights, question, about)

    def _by_rule(self, text: str, weights: dict[Intent, int], about: str) -> Intent | None:
        strong: dict[Intent, int] = {intent: weight for intent, weight in weights.items() if weight >= 2}
        if not strong:
            return None
        top = max(strong.values())
        first: Intent | None = next((intent for intent in _ORDER if strong.get(intent) == top), None)
        if first in ("greeting", "thanks", "farewell") and len(strong) > 1 and len(text) > 40:
            polite = ("greeting", "thanks")
            first = _strongest({intent: weight for intent, weight in strong.items() if intent not in polite}, first)
        if "off-topic" in strong and not self._on_subject(text, about) and first not in ("person-request", "farewell"):
            return "off-topic"
        if first == "off-topic" and self._on_subject(text, about) and len(strong) > 1:
            first = _strongest({intent: weight for intent, weight in strong.items() if intent != "off-topic"}, first)
        if first == "question" and not self._on_subject(text, about):
            return None
        return first

    async def _by_likeness(
        self, text: str, weights: dict[Intent, int], question: Question | None, about: str
    ) -> Understanding:
        scores = await asyncio.to_thread(self.likeness.scores, text)
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        if ranked and ranked[0][1] >= ALIKE and (len(ranked) < 2 or ranked[0][1] - ranked[1][1] >= APART):
            return self._resembling(text, ranked[0], weights, about)
        chosen = await self._asked(text, question) if self.model is not None else None
        if chosen is not None:
            return Understanding(intent=chosen, confidence=0.6, by="model")
        if ranked and ranked[0][1] >= FAINT:  # nothing else speaks: what it resembles most, however little
            return self._resembling(text, ranked[0], weights, about)
        return Understanding(intent=self._by_context(text, weights, question, about), confidence=0.4, by="context")

    def _resembling(
        self, text: str, nearest: tuple[Intent, float], weights: dict[Intent, int], about: str
    ) -> Understanding:
        """What a message is that resembles known ones of an intent."""
        intent, likeness = nearest
        brief = "question" in weights and len(text) < _BRIEF
        if intent == "off-topic" and (self._on_subject(text, about) or brief):
            intent = "question" if "question" in weights else "explanation"
        if intent == "question" and "question" not in weights and re.search(r"[^\W\d_]", text):
            intent = "explanation"  # a statement on the same subject
        return Understanding(intent=intent, confidence=min(1.0, max(0.0, likeness)), by="likeness")

    def _by_context(self, text: str, weights: dict[Intent, int], question: Question | None, about: str) -> Intent:
        if "question" in weights:
            return "question"
        if question is not None or self._on_subject(text, about):
            return "explanation"
        return "off-topic" if len(text.split()) >= 4 else "explanation"

    async def _asked(self, text: str, question: Question | None) -> Intent | None:
        prompt = load_prompt("tutor_intent").render(
            question=fence(question.text if question else "-", 300), message=fence(text, 500)
        )
        schema = {
            "type": "object",
            "properties": {"kind": {"enum": list(_ASKED)}},
            "required": ["kind"],
            "additionalProperties": False,
        }
        assert self.model is not None
        try:
            async with asyncio.timeout(_SECONDS):
                answer = await ask_structured(self.model, [HumanMessage(prompt)], schema, max_tokens=20)
        except TimeoutError:
            return None
        kind = answer.value.get("kind") if isinstance(answer.value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return kind if kind in get_args(Intent) else None  # pyright: ignore[reportUnknownVariableType]

    def _on_subject(self, text: str, about: str) -> bool:
        if self.cues.on_subject(text):
            return True
        words = {word for word in re.findall(r"[^\W\d_]{4,}", text.lower()) if word not in _EVERYDAY}
        return bool(words & set(re.findall(r"[^\W\d_]{4,}", about.lower())))

    def _affect(self, text: str, found: Understanding) -> float:
        value = self.cues.affect(text)
        if found.intent == "frustration" or "frustration" in found.also:
            value = min(value, -0.5)
        if found.intent == "thanks":
            value = max(value, 0.3)
        return value

    async def _concept(self, text: str) -> Concept | None:
        """The concept that a message names, the longest name first."""
        if self.concepts is None:
            return None
        words = re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower())[:40]
        for length in (3, 2, 1):
            for start in range(len(words) - length + 1):
                phrase = " ".join(words[start : start + length])
                if (length == 1 and (len(phrase) < 4 or phrase in _EVERYDAY)) or not phrase.isascii():
                    continue
                concept = await self.concepts.find(phrase)
                if concept is not None:
                    return concept
        return None

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        heard, plan, task = heard_of(state), plan_of(state), task_of(state)
        if not state.get("number"):
            return {"understood": None, "code": heard.code}
        exchanges = exchanges_of(state)
        before = exchanges[-1].reply if exchanges else ""
        about = f"{task.title} {task.statement}" if task else str(state.get("concept") or "")
        try:
            found, code = await self.understand(heard, plan.open, about=about, before=before)
        except ModelError as error:
            without = Listener(self.concepts, cues=self.cues, likeness=self.likeness, safety=self.safety)
            found, code = await without.understand(heard, plan.open, about=about, before=before)
            told = degraded(self.name, error, "the message was understood without a model")
            return {"understood": found.plain(), "code": code, **told}
        return {"understood": found.plain(), "code": code}


_EVERYDAY = frozenset(
    """
    that this what with have from they your when will would there their which about could should other than then
    them these some more make like time just know take into year good over think also back after work first even
    give most find here thing tell need help line write right wrong answer please explain understand mean does did
    learn test example question problem idea code program want
    """.split()  # noqa: SIM905 a list of a hundred quoted words is not read more easily
)
"""Words that name no concept and belong to no subject."""


def _strongest(weights: dict[Intent, int], otherwise: Intent) -> Intent:
    """The intent whose signs are strongest; another one where there is none."""
    return max(weights.items(), key=lambda item: item[1])[0] if weights else otherwise


def _reply(text: str, question: Question | None) -> tuple[str, bool | None] | None:
    """The answer to the open question that a message gives, and whether it is right."""
    if question is None or question.answer is None or not short(text):
        return None
    given = given_answer(text, question.kind, question.answer)
    return None if given is None else (given, same_answer(given, question.answer))


def _asks(weights: dict[Intent, int]) -> bool:
    """Whether a message wants something rather than to answer."""
    return any(weights.get(intent, 0) >= SETTLES for intent in ("answer-request", "person-request", "hint-request"))


def _besides(weights: dict[Intent, int]) -> tuple[Intent, ...]:
    return tuple(intent for intent in _ORDER if weights.get(intent, 0) >= SETTLES or (
        intent in ("question", "explanation") and weights.get(intent, 0) >= 2
    ))  # fmt: skip


def _copied(text: str, before: str) -> bool:
    """Whether a message of some length repeats the tutor's words."""
    words, known = re.findall(r"\w", text.lower()), re.findall(r"\w", before.lower())
    if len(words) < 30 or not known:
        return False
    size = 12
    source = "".join(known)
    line = "".join(words)
    pieces = [line[start : start + size] for start in range(0, len(line) - size + 1, size)]
    return sum(piece in source for piece in pieces) / len(pieces) >= COPIED
