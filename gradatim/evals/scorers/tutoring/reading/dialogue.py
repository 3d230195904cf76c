"""A dialogue from plain data: who said what, with which program, and whether that passes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

LONGEST = 4_000
"""Characters of one message that are read."""
MOST = 200
"""Messages of a dialogue that are read."""
LARGEST = 6_000
"""Characters of a program that are read."""
_TUTOR = frozenset({"assistant", "ai", "tutor", "teacher", "model", "bot", "agent"})
_LEARNER = frozenset({"user", "human", "learner", "student", "pupil"})
_FENCED = re.compile(r"```[ \t]*[\w+-]*\n(.*?)(?:```|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message.

    Attributes:
        number: Place in the dialogue, from 0.
        tutor: Whether the tutor said it; otherwise the learner did.
        text: The words; of a learner's message without the program in it.
        code: The program that the learner sent with it.
        passed: Whether the learner's latest program passes, where the message tells; `None` where it does not.
        rung: Level of the hint, where the message tells; 0 for none.
        intent: How the message was understood, where it tells.
        refuted: Statements of it that were checked and found false; `supported`: found true.
        judged: Whether it belongs to what the run gave, not to what went in.
    """

    number: int
    tutor: bool
    text: str
    code: str | None = None
    passed: bool | None = None
    rung: int | None = None
    intent: str | None = None
    supported: int = 0
    refuted: int = 0
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Who said what.

    Attributes:
        turns: In order.
        task: The task as plain data; empty where there is none.
        program: The program that the learner began with; empty where there is none.
        skipped: Messages that nobody of the two said: of systems, of tools, of others.
        cut: Whether something was too long to be read whole.
    """

    turns: tuple[Turn, ...]
    task: Mapping[str, Any] = field(default_factory=dict[str, Any])
    program: str = ""
    skipped: int = 0
    cut: bool = False

    @property
    def tutor(self) -> tuple[Turn, ...]:
        """Turns of the tutor that are judged."""
        return tuple(turn for turn in self.turns if turn.tutor and turn.judged)

    def before(self, turn: Turn) -> tuple[Turn, ...]:
        """Everything that was said before a turn."""
        return self.turns[: turn.number]

    def program_at(self, turn: Turn) -> str:
        """The learner's latest program when a turn was said; empty where there is none."""
        sent = (item.code for item in reversed(self.before(turn)) if item.code)
        return next(sent, self.program)

    def passed_at(self, turn: Turn) -> bool | None:
        """Whether that program passes; `None` where nothing tells."""
        if turn.passed is not None:
            return turn.passed
        for item in reversed(self.before(turn)):
            if item.passed is not None:
                return item.passed
            if item.code:
                return None
        return None


def dialogue_of(inputs: object, outputs: object) -> Dialogue | str:
    """The dialogue that a scorer is given, or why there is none.

    Messages of `inputs` come first, unless those of `outputs` repeat them; both may be lists, or one message. Roles of
    OpenAI, LangChain, MRBench and MathDial are known; a message is a mapping with `role`, `type` or `speaker`, and
    `content` or `text`.
    """
    given, made = _mapping(inputs), _mapping(outputs)
    earlier, cut_before = _messages(given.get("messages"))
    later, cut_after = _messages(made.get("messages"))
    if not later and isinstance(made.get("text"), str) and earlier:
        later = [{"role": "assistant", "content": made["text"]}]
    if not earlier and not later:
        return "there is no dialogue: outputs.messages is empty or missing"
    known = _repeated(earlier, later)
    entries = [(item, False) for item in earlier[: len(earlier) - known]] + [(item, True) for item in later]
    if not later:
        entries = [(item, True) for item in earlier]
    turns: list[Turn] = []
    cut = cut_before or cut_after
    for item, judged in entries:
        role = _role(item)
        if role is None:
            continue
        turn, shortened = _turn(len(turns), role, item, judged)
        cut = cut or shortened
        turns.append(turn)
    if not turns:
        return "there is no dialogue: no message has a role of tutor or learner"
    if not any(turn.tutor and turn.judged and turn.text for turn in turns):
        return "the tutor says nothing in outputs.messages"
    program = _program(given, made)
    return Dialogue(
        tuple(turns),
        _mapping(given.get("task")),
        program[:LARGEST],
        len(entries) - len(turns),
        cut or len(program) > LARGEST,
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _messages(value: object) -> tuple[list[Mapping[str, Any]], bool]:
    """Messages in a value, and whether there are more than are read."""
    if isinstance(value, Mapping):
        return [cast("Mapping[str, Any]", value)], False
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        return [], False
    items = cast("Sequence[Any]", value)
    return [cast("Mapping[str, Any]", item) for item in items[:MOST] if isinstance(item, Mapping)], len(items) > MOST


def _role(message: Mapping[str, Any]) -> bool | None:
    """True for the tutor, False for the learner, `None` for anybody else."""
    for key in ("role", "type", "speaker", "user"):
        value = message.get(key)
        if isinstance(value, str):
            name = value.strip().lower()
            if name in _TUTOR:
                return True
            return False if name in _LEARNER else None
    return None


def _turn(number: int, tutor: bool, message: Mapping[str, Any], judged: bool) -> tuple[Turn, bool]:
    whole = _text(message)
    # A cut code point by code point: what a person would still read of a text of ten megabytes.
    text, cut = whole[:LONGEST], len(whole) > LONGEST
    code = message.get("code")
    code = code if isinstance(code, str) and code.strip() else None
    if not tutor:
        blocks = [block for block in _FENCED.findall(text) if block.strip()]
        if code is None and blocks:
            code = max(blocks, key=len)
        if blocks:
            text = _FENCED.sub(" ", text)
    if code is not None:
        cut = cut or len(code) > LARGEST
        code = code[:LARGEST]
    passed, rung, intent = message.get("passed"), message.get("rung", message.get("hint")), message.get("intent")
    supported, refuted = _checks(message.get("statements"))
    return (
        Turn(
            number,
            tutor,
            text.strip(),
            None if tutor else code,
            passed if isinstance(passed, bool) else None,
            rung if isinstance(rung, int) and not isinstance(rung, bool) and 0 <= rung <= 10 else None,
            intent if isinstance(intent, str) else None,
            supported,
            refuted,
            judged,
        ),
        cut,
    )


def _text(message: Mapping[str, Any]) -> str:
    for key in ("content", "text", "value"):
        value = message.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, Sequence) and not isinstance(value, bytes):
            return "\n".join(_parts(cast("Sequence[Any]", value)))
    return ""


def _parts(parts: Sequence[Any]) -> Iterator[str]:
    """Texts of a content in parts, as OpenAI writes it."""
    for part in parts[:MOST]:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping):
            text: Any = cast("Mapping[str, Any]", part).get("text")
            if isinstance(text, str):
                yield text


def _checks(statements: object) -> tuple[int, int]:
    """How many statements were borne out by a check, and how many were refuted."""
    supported = refuted = 0
    if isinstance(statements, Sequence) and not isinstance(statements, str | bytes):
        for statement in cast("Sequence[Any]", statements)[:MOST]:
            checks: Any = _mapping(statement).get("checks")
            if not isinstance(checks, Sequence) or isinstance(checks, str | bytes):
                continue
            verdicts = [_mapping(check).get("verdict") for check in cast("Sequence[Any]", checks)[:MOST]]
            refuted += "refuted" in verdicts
            supported += "supported" in verdicts and "refuted" not in verdicts
    return supported, refuted


def _repeated(earlier: Sequence[Mapping[str, Any]], later: Sequence[Mapping[str, Any]]) -> int:
    """How many of the last messages that went in are repeated at the beginning of what came out."""
    known = [(_role(item), _text(item)) for item in earlier]
    begun = [(_role(item), _text(item)) for item in later]
    for size in range(min(len(known), len(begun)), 0, -1):
        if known[-size:] == begun[:size]:
            return size
    # what the learner said last may stand in the middle of a dialogue that was recorded whole
    return len(known) if known and all(item in begun for item in known) else 0


def _program(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> str:
    for source in (inputs, outputs):
        for value in (_mapping(source.get("submission")).get("code"), source.get("code"), source.get("program")):
            if isinstance(value, str) and value.strip():
                return value
    return ""
