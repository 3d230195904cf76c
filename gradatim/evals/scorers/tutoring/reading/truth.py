"""What is known of the truth of a dialogue: whether there is a mistake, where it is, and what the answer is."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from gradatim.evals.scorers.tutoring.reading.dialogue import LARGEST, Dialogue, Turn
from gradatim.evals.scorers.tutoring.reading.labels import Dimension, Label, labels_in

_MOST = 200
_SOLUTION = 4_000
"""Characters of a correct program that texts are compared with."""
_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,15})*")


@dataclass(frozen=True, slots=True)
class Truth:
    """What a trace tells beside its dialogue.

    Attributes:
        mistaken: Whether the learner's first program or answer is wrong; `None` where nothing tells.
        lines: Faulty lines of the program that the learner began with.
        solutions: Correct programs and repairs.
        answers: Final answers of a question without a program: values, or short texts.
        labels: Labels that people gave to the tutor's last turn.
        misconceptions: Ids of misconceptions that describe the fault.
        passes_after: Turns of the tutor until the learner's program passed, where it was noted.
        language: As the trace names it.
        known: What is wrong, in words (`reference.known` or `text`, a worked solution): for a judge.
    """

    mistaken: bool | None = None
    lines: frozenset[int] = frozenset()
    solutions: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    labels: Mapping[Dimension, Label] = field(default_factory=dict["Dimension", "Label"])
    misconceptions: tuple[str, ...] = ()
    passes_after: int | None = None
    language: str | None = None
    known: str = ""

    def mistaken_at(self, dialogue: Dialogue, turn: Turn) -> bool | None:
        """Whether the learner's work was wrong when a turn was said."""
        passed = dialogue.passed_at(turn)
        return self.mistaken if passed is None else not passed

    def lines_at(self, dialogue: Dialogue, turn: Turn) -> frozenset[int]:
        """Faulty lines of the program as it stood when a turn was said."""
        return _moved(self.lines, dialogue.program, dialogue.program_at(turn))


def truth_of(inputs: object, outputs: object, reference: object) -> Truth:
    """Gathers what is known; what has a wrong type counts as not known."""
    given, made, known = _mapping(inputs), _mapping(outputs), _mapping(reference)
    lines = frozenset(_whole(known.get("lines")))
    labels = labels_in(known)
    solutions = tuple(dict.fromkeys(_solutions(given, made, known)))
    attributes = _mapping(made.get("attributes"))
    language = attributes.get("language", made.get("language", given.get("language")))
    after = known.get("passes_after_turns")
    told = known.get("known", known.get("text"))
    # what a program gives is no answer to it: the worked solution counts where there is no program
    answers = () if solutions or given.get("submission") else tuple(dict.fromkeys(_answers(known)))
    return Truth(
        _mistaken(made, known, lines, labels),
        lines,
        solutions,
        answers,
        labels,
        tuple(_texts(known.get("misconceptions", known.get("misconception")))),
        after if isinstance(after, int) and not isinstance(after, bool) and after >= 0 else None,
        language if isinstance(language, str) else None,
        told if isinstance(told, str) else "",
    )


def _mistaken(
    made: Mapping[str, Any], known: Mapping[str, Any], lines: frozenset[int], labels: Mapping[Dimension, Label]
) -> bool | None:
    verdict = known.get("verdict")
    if isinstance(verdict, str) and verdict in ("correct", "incorrect"):
        return verdict == "incorrect"
    if lines or known.get("misconceptions") or known.get("misconception") or known.get("mistake"):
        return True
    found = _mapping(made.get("diagnosis")).get("verdict")
    if isinstance(found, str) and found in ("correct", "incorrect"):
        return found == "incorrect"
    # dialogues are labelled for how a tutor deals with a mistake
    return True if "mistake_identification" in labels or "mistake_location" in labels else None


def _solutions(given: Mapping[str, Any], made: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    for value in (_mapping(given.get("task")).get("reference"), known.get("repair"), known.get("program")):
        if isinstance(value, str) and value.strip():
            yield value[:_SOLUTION]
    repairs: Any = _mapping(made.get("diagnosis")).get("repairs")
    if isinstance(repairs, Sequence) and not isinstance(repairs, str | bytes):
        for item in cast("Sequence[Any]", repairs)[:5]:
            code = _mapping(item).get("code")
            if isinstance(code, str) and code.strip():
                yield code[:_SOLUTION]


def _answers(known: Mapping[str, Any]) -> Iterator[str]:
    """Answers that are given as such, or else the last number of a worked solution, as data sets of sums give them."""
    found = list(_named_answers(known))
    text = known.get("text")
    if not found and isinstance(text, str) and len(text) <= LARGEST:
        numbers = _NUMBER.findall(text.rpartition("####")[2])
        found = numbers[-1:]
    yield from found


def _named_answers(known: Mapping[str, Any]) -> Iterator[str]:
    for key in ("answer", "answers"):
        value: Any = known.get(key)
        items = cast("Sequence[Any]", value) if isinstance(value, list | tuple) else [value]
        for item in items[:_MOST]:
            if isinstance(item, bool) or not isinstance(item, str | int | float):
                continue
            if isinstance(item, float) and not math.isfinite(item):
                continue
            text = f"{item:g}" if isinstance(item, float) else str(item).strip()
            if text and len(text) <= _MOST:
                yield text


def _texts(value: object) -> Iterator[str]:
    items = cast("Sequence[Any]", value) if isinstance(value, list | tuple) else [value]
    for item in items[:_MOST]:
        if isinstance(item, str) and 0 < len(item) <= _MOST:
            yield item


def _whole(value: object) -> Iterator[int]:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for item in cast("Sequence[Any]", value)[:_MOST]:
            if isinstance(item, int) and not isinstance(item, bool) and item > 0:
                yield item


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


@lru_cache(maxsize=256)
def _moved(lines: frozenset[int], first: str, now: str) -> frozenset[int]:
    """Where lines of one program stand in a later one; lines that were deleted are gone."""
    if not now or first == now:
        return lines
    old, new = first.splitlines(), now.splitlines()
    found: set[int] = set()
    for tag, start, end, begin, stop in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for line in lines:
            if not start <= line - 1 < end or tag == "delete" or begin == stop:
                continue
            found.add(min(begin + line - start, stop) if tag == "replace" else begin + line - start)
    return frozenset(found)
