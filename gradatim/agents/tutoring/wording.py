"""Worder: lets a model say a sentence of its own before the facts, as far as it stands up to checks.

Facts, verdicts and the question always come from evidence, word for word: whatever a model writes can only be added to
them. It sees neither the program nor what is known of it, so that it takes up what the learner said and nothing else.
Its sentence stays where everything in it is borne out or where it states nothing; it goes where it asks, speaks of
code, gives something away, repeats the learner, or speaks another language. A model that adds nothing is asked less and
less.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from gradatim.agents.prompts import fence, load_prompt
from gradatim.agents.state import Plain, State, degraded
from gradatim.agents.tutoring.checking.secrets import Secrets
from gradatim.agents.tutoring.planning.policy import TutorPolicy
from gradatim.agents.tutoring.state import (
    case_of,
    draft_of,
    heard_of,
    in_language,
    plan_of,
    task_of,
    understood_of,
)
from gradatim.agents.tutoring.turn import Intent, Move
from gradatim.agents.untrusted import statement_view
from gradatim.domain import Check, ProseClaim, Statement
from gradatim.errors import GradatimError
from gradatim.languages import language
from gradatim.languages.speaking import spoken
from gradatim.serving.realiser import GroundedRealiser
from gradatim.serving.structured import ask_structured, model_name
from gradatim.tools.claims import Case, ClaimChecker, false_acclaim, judge_text

SENTENCES, LONGEST = 1, 160
"""Sentences of a model in one turn, and characters of each."""
MOST_PAUSE = 16
"""Turns, at most, for which a model is not asked after it has added nothing again and again."""
_MESSAGE = 300
_SILENT: tuple[Move, ...] = ("hand-over", "close", "redirect", "greet", "solution", "decline", "predict-first")
"""Moves that need no words of a model."""
_HEARD: tuple[Intent, ...] = ("question", "explanation", "confusion", "frustration", "dont-know")
"""Messages that somebody who listens would take up; the others get their answer from evidence at once."""
_TOLD: dict[Move, str] = {
    "ask": "ask one question", "orient": "show one input that goes wrong", "locate": "point at one line",
    "concept": "recall how Python works there", "near-solution": "show an example of another program",
    "rephrase": "explain the same thing in another way", "encourage": "encourage, then one small step",
    "reflect": "let the student explain why it works now", "confirm": "the answer was right: go on from it",
    "correct": "the answer was wrong: show what really happens", "predict-first": "let the student predict first",
    "decline": "kindly refuse to give the solution and help instead", "define": "explain a concept",
    "example": "show an example", "close": "say goodbye",
}  # fmt: skip
_ROLE = re.compile(
    r"\b(?:the\s+student|student\s*:|tutor\s*:|as\s+an\s+ai|the\s+hint)\b|学生|提示如下|->", re.IGNORECASE
)
"""Words out of the prompt."""
_WHOLE = re.compile(r"[.!。！]$")
_OF_CODE = re.compile(
    r"[`\d=]|\b(?:should|must|instead|replace|change|correct|wrong|lines?|code|loop|variable|function|example)\b"
    r"|应该|必须|改成|换成|替换|正确|错在|第.{1,3}行|代码|循环|变量|函数|例子",
    re.IGNORECASE,
)
"""What a sentence that only takes up the learner's words has no use for: the facts speak of the program."""
_WIDE = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


class Worder:
    """Adds a model's words to a turn.

    Args:
        model: Any chat model; the realiser adds nothing.
        checker: Decides what sentences claim.
        policy: Time and tokens that a turn's words may take.
    """

    name = "word"

    def __init__(self, model: BaseChatModel, checker: ClaimChecker, policy: TutorPolicy | None = None) -> None:
        self.model = model
        self.checker = checker
        self.policy = policy or TutorPolicy()
        self._useless = 0  # times in a row that it added nothing
        self._pause = 0

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        plan, understood = plan_of(state), understood_of(state)
        move = plan.moves[0] if plan.moves else "ask"
        silent = isinstance(self.model, GroundedRealiser) or not self.policy.model_seconds or move in _SILENT
        if silent or understood is None or understood.intent not in _HEARD or understood.orders:
            return {}
        if task_of(state) is None or not heard_of(state).message.strip() or state.get("code") is not None:
            return {}
        if self._pause:  # a model that is too slow, or whose words do not stand up, only keeps the learner waiting
            self._pause -= 1
            return {}
        found: list[Statement] = []
        with in_language(state):
            try:
                async with asyncio.timeout(self.policy.model_seconds):
                    found = await self._worded(state, move)
            except TimeoutError:
                self._rest()
                return degraded(self.name, "the model took too long", "evidence alone speaks")
            except GradatimError as error:
                self._rest()
                return degraded(self.name, error, "evidence alone speaks")
        if not found:
            self._rest()
            return {}
        self._useless = 0
        draft = [item.plain() for item in (*found, *_without_small_talk(draft_of(state)))]
        return {"draft": draft, "author": f"model:{model_name(self.model)}"}

    def _rest(self) -> None:
        """Leave the model alone for a while: one turn, then two, four and so on."""
        self._pause = min(MOST_PAUSE, 2**self._useless)
        self._useless = min(self._useless + 1, 8)

    async def _worded(self, state: State, move: Move) -> list[Statement]:
        schema = {
            "type": "object",
            "properties": {"say": {"type": "string", "maxLength": LONGEST * SENTENCES}},
            "required": ["say"],
            "additionalProperties": False,
        }
        answer = await ask_structured(
            self.model, self._messages(state, move), schema, temperature=0.0, max_tokens=self.policy.model_tokens
        )
        value: Any = answer.value
        text = str(value.get("say") or "") if isinstance(value, dict) else ""  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        return await self.standing(
            text, case_of(state), draft_of(state), state.get("said") or (), heard_of(state).message
        )

    def _messages(self, state: State, move: Move) -> list[BaseMessage]:
        task = task_of(state)
        assert task is not None
        system = load_prompt("tutor").render(
            language=language(spoken()).english, title=fence(statement_view(task.title), 120)
        )
        turn = load_prompt("tutor_turn").render(
            message=fence(heard_of(state).message, _MESSAGE), move=_TOLD.get(move, "help")
        )
        return [SystemMessage(system), HumanMessage(f"{turn}\n\n{load_prompt('tutor').ask}")]

    async def standing(
        self, text: str, case: Case | None, draft: Sequence[Statement], said: Sequence[str] = (), message: str = ""
    ) -> list[Statement]:
        """The sentences of a model that may be said.

        Args:
            message: What the learner said: a model that only repeats it adds nothing.

        Raises:
            SandboxError: A program has to be run and cannot be.
        """
        if not text.strip() or len(text) > 4 * LONGEST * SENTENCES or not _in_language(text) or case is None:
            return []
        secrets, known = Secrets.of(case), " ".join(item.text for item in draft)
        kept: list[Statement] = []
        for sentence, verdict in await judge_text(text, "explanation", case, self.checker):
            if len(kept) == SENTENCES:
                break
            if len(sentence) > LONGEST or re.search(r"[?？]|```", sentence) or sentence in known:
                continue
            if not _WHOLE.search(sentence) or _echoes(sentence, message) or _ROLE.search(sentence):
                continue
            if _OF_CODE.search(sentence):
                continue
            if verdict.verdict in ("refuted", "unchecked") or false_acclaim(sentence, case) is not None:
                continue
            if secrets.told_by(sentence, said) is not None or _new_code(sentence, known, case):
                continue
            checks = verdict.checks or (
                Check(
                    claim=ProseClaim(text=sentence), verdict="supported", method="consistency", detail=verdict.reason
                ),
            )
            kept.append(Statement(text=sentence, checks=tuple(c for c in checks if c.verdict == "supported")))
        return kept


def _in_language(text: str) -> bool:
    """Whether a text is in the language spoken, by the share of Chinese characters among its letters."""
    prose = re.sub(r"`[^`]*`", "", text)
    letters = _LETTER.findall(prose)
    wide = len(_WIDE.findall(prose))
    if not letters:
        return False
    share = wide / len(letters)
    return share >= 0.5 if spoken() == "zh" else share <= 0.1


def _new_code(sentence: str, known: str, case: Case) -> bool:
    """Whether a sentence quotes code that neither the program, the task nor the facts have."""
    open_texts = f"{known} {case.submission.code} {case.task.statement}"
    bare = re.sub(r"\s", "", open_texts)
    return any(re.sub(r"\s", "", quote) not in bare for quote in re.findall(r"`([^`]+)`", sentence))


def _without_small_talk(draft: Sequence[Statement]) -> list[Statement]:
    """The draft without a first sentence that only was friendly, in whose place the model's words stand."""
    first, *rest = draft
    facts = first.claims or first.checks or first.evidence
    return list(draft) if facts or not rest or "?" in first.text or "？" in first.text else list(rest)


def _echoes(sentence: str, message: str) -> bool:
    """Whether a sentence holds the learner's message as it is, or most of its words."""
    words = re.findall(r"[\u3400-\u9fff]|[a-z0-9_']+", message.lower())
    own = re.findall(r"[\u3400-\u9fff]|[a-z0-9_']+", sentence.lower())
    if not words or not own:
        return False
    joined = " ".join(own)
    return (len(words) >= 3 and " ".join(words) in joined) or sum(word in words for word in own) / len(own) > 0.6
