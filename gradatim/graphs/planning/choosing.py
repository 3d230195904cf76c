"""What a model is asked: which step some words ask for that no cue names. What it answers is kept only with support."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from gradatim.agents.prompts import fence, load_prompt
from gradatim.graphs.planning.clauses import Clause
from gradatim.graphs.planning.denials import denied
from gradatim.graphs.planning.hearing import choices_of
from gradatim.graphs.planning.leftovers import Leftover
from gradatim.graphs.planning.library import patterns
from gradatim.graphs.planning.likeness import Alike, Likeness
from gradatim.graphs.planning.steps import Step
from gradatim.graphs.planning.words import is_chinese, words_of
from gradatim.serving.structured import ask_structured

CANDIDATES = 4
"""Patterns that a model may choose from for one piece; what a model of 1.5B tells apart."""
PIECES = 6
"""Pieces that one question holds at most."""
SURE = 0.62
"""Cosine similarity from which a sentence is taken to ask for a pattern without a model."""
AHEAD = 0.08
"""How much more alike the best pattern has to be than the next, without a model."""
SUPPORT = 0.35
"""Least cosine similarity between the words that a model quotes and the pattern that it chooses."""
_PIECE = 300
"""Characters of a piece that a model is shown."""
_SPANS = 40
"""Quotations that an answer may choose from."""
_TOKENS = 60
"""Tokens of an answer about one piece."""


@dataclass(frozen=True, slots=True)
class _Piece:
    leftover: Leftover
    alike: Mapping[str, Alike]

    @property
    def candidates(self) -> tuple[str, ...]:
        return tuple(self.alike)


class Chooser:
    """Finds steps for what the cues leave open.

    Args:
        model: Asked where likeness alone does not tell; nobody when not given.
        likeness: How patterns are retrieved.
        candidates: Patterns that the model may choose from for one piece.
    """

    def __init__(self, model: BaseChatModel | None, likeness: Likeness, candidates: int = CANDIDATES) -> None:
        self._model = model
        self._candidates = candidates
        self._likeness = likeness

    async def choose(self, clauses: Sequence[Clause], open_: Sequence[Leftover]) -> tuple[Step, ...]:
        """Steps that the open pieces of an instruction ask for; none for those that nobody understands.

        Raises:
            ModelError: The model cannot be reached, or the embedding model's files are missing.
        """
        steps: list[Step] = []
        unsure: list[_Piece] = []
        for leftover in open_:
            ranked = self._likeness.ranked(leftover.text)
            best, second = ranked[0], ranked[1]
            if not is_chinese(leftover.text) and best.score >= SURE and best.score - second.score >= AHEAD:
                steps.append(_step(best.pattern, leftover.text, clauses[leftover.clause], "likeness"))
            else:
                unsure.append(
                    _Piece(leftover, {item.pattern: item for item in ranked[: self._candidates] if item.score > 0})
                )
        asked = [piece for piece in unsure if piece.candidates]
        if self._model is not None:
            for begin in range(0, len(asked), PIECES):
                steps += await self._ask(self._model, clauses, asked[begin : begin + PIECES])
        return tuple(steps)

    async def _ask(self, model: BaseChatModel, clauses: Sequence[Clause], pieces: Sequence[_Piece]) -> list[Step]:
        named = {name: item for piece in pieces for name, item in piece.alike.items()}
        listed = "\n".join(
            f'{name}: {patterns()[name].spec.summary} Asked for by words like "{item.closest}".'
            for name, item in named.items()
        )
        shown = "\n".join(
            f"Piece {number}: {_shown(piece.leftover.text)} (one of: {', '.join(piece.candidates)}, none)"
            for number, piece in enumerate(pieces, 1)
        )
        messages = [SystemMessage(load_prompt("plan").render(steps=listed)), HumanMessage(shown)]
        answer = await ask_structured(model, messages, answer_schema(pieces), max_tokens=_TOKENS * len(pieces) + 20)
        found: Any = answer.value or {}
        steps = [
            step
            for number, piece in enumerate(pieces, 1)
            if (step := self._supported(found.get(str(number)), piece, clauses[piece.leftover.clause])) is not None
        ]
        return steps

    def _supported(self, given: Any, piece: _Piece, clause: Clause) -> Step | None:
        """The step that a model chose, if the instruction bears it out."""
        if given is None:
            return None
        name, words = str(given["step"]), str(given["words"]).strip()
        if name not in piece.candidates or not words or not _quoted(words, piece.leftover.text):
            return None
        if not is_chinese(words) and piece.alike[name].score < SUPPORT:
            return None
        # whether it is denied is read from the words: small models are bad at that
        return _step(name, piece.leftover.text, clause, "model")


def _spans(text: str) -> Iterator[str]:
    """The words of a piece that can be quoted: all of them first, then runs of several."""
    yield text
    words = words_of(text)
    found = 1
    for length in range(len(words) - 1, 1, -1):
        for start in range(len(words) - length + 1):
            if found == _SPANS:
                return
            span = text[words[start].start : words[start + length - 1].end]
            if span != text:
                found += 1
                yield span


def answer_schema(pieces: Sequence[_Piece]) -> dict[str, Any]:
    """The grammar of an answer: for every piece words of it, and one of its candidates."""
    properties = {
        str(number): {
            "type": "object",
            "properties": {
                "words": {"enum": list(_spans(piece.leftover.text))},
                "step": {"enum": [*piece.candidates, "none"]},
            },
            "required": ["words", "step"],
        }
        for number, piece in enumerate(pieces, 1)
    }
    return {"title": "steps", "type": "object", "properties": properties, "required": list(properties)}


def _step(name: str, text: str, clause: Clause, found_by: Any) -> Step:
    start = clause.start + max(clause.text.find(text), 0)
    pattern = patterns()[name]
    return Step(
        pattern=name,
        wanted=pattern.spec.always or not denied(clause, start, start + len(text)),
        words=text,
        clause=clause.number,
        chosen=choices_of(pattern, clause),
        found_by=found_by,
        start=start,
        end=start + len(text),
    )


def _shown(text: str) -> str:
    """A piece between quotation marks, none of which can end it."""
    return json.dumps(fence(text, _PIECE), ensure_ascii=False)


def _quoted(words: str, text: str) -> bool:
    """Whether words stand in a text, letter case, marks and spaces aside."""
    quoted, given = (" ".join(word.stem for word in words_of(part) if word.stem[0].isalnum()) for part in (words, text))
    return bool(quoted) and quoted in given


async def leave_out(model: BaseChatModel, steps: Sequence[Step], problems: Sequence[str]) -> str | None:
    """The pattern that a model would leave out because of the checker's problems; nothing where it names none.

    Raises:
        ModelError: The model cannot be reached.
    """
    named = list(dict.fromkeys(step.pattern for step in steps if step.wanted))
    listed = "\n".join(f"{name}: {patterns()[name].spec.summary}" for name in named)
    told = "\n".join(f"- {fence(problem, _PIECE)}" for problem in problems[:5])
    schema = {
        "title": "repair",
        "type": "object",
        "properties": {"leave_out": {"enum": [*named, "none"]}, "because": {"type": "string", "maxLength": 80}},
        "required": ["leave_out", "because"],
    }
    question = load_prompt("plan_repair").render(steps=listed, problems=told)
    answer = await ask_structured(model, [HumanMessage(question)], schema, max_tokens=80)
    found: Any = answer.value or {}
    name = str(found.get("leave_out"))
    return name if name in named else None
