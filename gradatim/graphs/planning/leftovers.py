"""What of an instruction no step rests on, so that nothing of it is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from gradatim.graphs.planning.clauses import Clause, opens_with_condition
from gradatim.graphs.planning.library import patterns
from gradatim.graphs.planning.quantities import Quantity
from gradatim.graphs.planning.steps import Step
from gradatim.graphs.planning.words import Word, is_chinese, stem

_LONGEST_RUN = 4
"""Chinese characters beside a step from which they may ask for something of their own."""


_CONDITIONAL = frozenset(
    {
        "person_unsure",
        "person_degraded",
        "person_failing",
        "person_low_grade",
        "person_disagree",
        "after_hints",
        "still_failing",
        "skip_when_passed",
        "try_again",
        "degrade",
        "appeal",
    }
)
"""Patterns that have a condition of their own."""
_ARRIVALS = frozenset(
    map(stem, ("hand", "submit", "submission", "upload", "arrive", "come", "done", "finish", "ready"))
)
"""What only says that there is something to work on: `when a student hands in`."""
_ZH_ARRIVALS = re.compile(
    r"^\s*(?:当|每当|等|在)?.{0,6}(?:提交|上交|交来|上传|完成|写完|做完).{0,6}(?:之后|以后|后|时|的时候)\s*$"
)
"""The same in Chinese: `学生提交代码后`."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """Words on which no step rests.

    Attributes:
        clause: Their clause.
        text: As written.
        whole: Whether they ask for something of their own; else they only say how something is (`short`, `friendly`).
        topic: Whether they say what the work is about (`a loop exercise`), which the task says.
        condition: Whether they are a condition that no step hangs on; only a person can say what was meant.
    """

    clause: int
    text: str
    whole: bool
    topic: bool = False
    condition: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that belong together; places in the instruction."""

    start: int
    end: int
    whole: bool
    topic: bool


@dataclass(frozen=True, slots=True)
class _Plain:
    words: frozenset[str]
    topics: frozenset[str]
    nouns: frozenset[str]
    works: frozenset[str]
    manner: frozenset[str]
    chinese: re.Pattern[str]


@cache
def _plain() -> _Plain:
    file = resources.files("gradatim.graphs.planning").joinpath("patterns", "words.yaml")
    given: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    plain, classes = given["plain"], given["classes"]
    stems = {name: frozenset(stem(word) for word in plain[name]) for name in ("en", "topics", "nouns", "manner")}
    works = frozenset(map(stem, classes["work"]))
    nouns = stems["nouns"] | works | frozenset(map(stem, classes["learner"]))
    return _Plain(stems["en"], stems["topics"], nouns, works, stems["manner"], re.compile(plain["zh"]))


def leftovers(clauses: Sequence[Clause], steps: Sequence[Step], quantities: Sequence[Quantity]) -> tuple[Leftover, ...]:
    """The words of each clause that nothing rests on."""
    found: list[Leftover] = []
    for clause in clauses:
        here = [step for step in steps if step.start < clause.end and clause.start < step.end]
        numbers = [item for item in quantities if item.clause == clause.number]
        if is_chinese(clause.text):
            found += _chinese(clause, here, numbers)
        else:
            found += _english(clause, here, numbers)
    return tuple(found)


def _english(clause: Clause, steps: Sequence[Step], numbers: Sequence[Quantity]) -> list[Leftover]:
    plain = _plain()
    asks = [word for word in clause.words if _content(word, clause, plain, steps, numbers)]
    topical = _topical(clause, plain)
    unmet = _condition(clause, steps)
    if unmet is not None:
        return [unmet]
    if not asks:
        return []
    if not steps and any(word.start not in topical for word in asks):
        return [Leftover(clause.number, clause.text, whole=True)]
    runs: list[_Run] = []
    for index, word in enumerate(clause.words):
        if word not in asks:
            continue
        heads = [item for item in clause.words[:index] if item.stem not in ("a", "an", "the")]
        topic, whole = word.start in topical, bool(heads) and heads[-1].stem in plain.manner
        last = runs[-1] if runs else None
        between = [step for step in steps if last is not None and last.end <= step.start < word.start]
        if last is not None and not between and (last.whole or (last.topic == topic and last.end >= word.start - 1)):
            runs[-1] = _Run(last.start, word.end, last.whole, last.topic)  # `in the language of Beijing` is one thing
        else:
            start = heads[-1].start if whole and not topic else word.start
            runs.append(_Run(start, word.end, whole and not topic, topic))
    return [
        Leftover(clause.number, clause.text[run.start - clause.start : run.end - clause.start], run.whole, run.topic)
        for run in runs
    ]


def _condition(clause: Clause, steps: Sequence[Step]) -> Leftover | None:
    """A condition that none of the clause's steps hangs on: `if the tests pass, give an exercise`."""
    if not steps or not opens_with_condition(clause) or any(step.pattern in _CONDITIONAL for step in steps):
        return None
    behind = [word for word in clause.words if word.start < min(step.start for step in steps)]
    told = [word for word in behind if word.stem not in _plain().words]
    if not told or any(word.stem in _ARRIVALS for word in told):
        return None
    text = re.split("[,，]", clause.text[: behind[-1].end - clause.start])[0]
    return Leftover(clause.number, text, whole=True, condition=True)


def _content(word: Word, clause: Clause, plain: _Plain, steps: Sequence[Step], numbers: Sequence[Quantity]) -> bool:
    """Whether a word could ask for something that no step covers."""
    if word.stem in plain.words or word.stem in plain.nouns or not word.stem[0].isalpha():
        return False
    if any(step.start <= word.start < step.end or word.stem in _vocabulary(step.pattern) for step in steps):
        return False
    return not any(item.start <= word.start < item.end or word.stem in item.units[:2] for item in numbers)


@cache
def _vocabulary(pattern: str) -> frozenset[str]:
    """Words that belong to a pattern wherever they stand beside it."""
    found = patterns()[pattern]
    cues = [
        *found.cues,
        *found.denials,
        *(cue for options in found.options.values() for some in options.values() for cue in some),
    ]
    return frozenset(word for cue in cues for word in cue.stems)


def _topical(clause: Clause, plain: _Plain) -> set[int]:
    """Places of words that say what the work is about: `a loop exercise`, `homework on recursion`."""
    places: set[int] = set()
    words = clause.words
    for index, word in enumerate(words):
        if word.stem in plain.works:
            for before in reversed(words[max(0, index - 2) : index]):
                if before.stem in plain.words:
                    break
                places.add(before.start)
        if word.stem in plain.topics and index:
            for behind in words[index + 1 : index + 6]:
                if behind.stem in plain.manner:
                    break
                places.add(behind.start)
    return places


def _chinese(clause: Clause, steps: Sequence[Step], numbers: Sequence[Quantity]) -> list[Leftover]:
    kept = list(clause.text)
    spans = [(step.start, step.end) for step in steps] + [(item.start, item.end) for item in numbers]
    cues = [cue for step in steps for cue in (*patterns()[step.pattern].cues, *patterns()[step.pattern].denials)]
    spans += [(match.start, match.end) for cue in cues if (match := cue.find(clause)) is not None]
    for left, right in spans:
        for place in range(max(left, clause.start), min(right, clause.end)):
            kept[place - clause.start] = " "
    rest = _plain().chinese.sub(" ", "".join(kept))
    runs: list[str] = re.findall(r"[\u3400-\u9fffA-Za-z]+", rest)
    if not steps and _ZH_ARRIVALS.search(clause.text):
        return []
    if not steps:
        return [Leftover(clause.number, clause.text, whole=True)] if sum(map(len, runs)) >= 2 else []
    return [Leftover(clause.number, run, whole=len(run) >= _LONGEST_RUN) for run in runs if len(run) > 1]
