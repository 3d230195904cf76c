"""The patterns by which a language is read, and the sentences that are said in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from gradatim.errors import InputError

_FOLDER = Path(__file__).parent
Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language.

    Attributes:
        code: BCP 47 tag.
        names: Kind of fault → by what a sentence speaks of what such faults are about.
        says: Kind of fault → by what a sentence says what is wrong, or what holds instead.
        constructs: Part of a program → words for it.
        line: Finds "line 4" and "lines 3 to 5", with the numbers as groups.
        asks: What a question is after → how it asks.
        rounds: `first`, `second`, `third`, `last` → words for that round of a loop.
        marks: Other things that a sentence may be → how it shows: `encourages`, `tries`, `directs`, `judges_wrong`, …
        swaps: Finds "change X to Y", with the groups `old` and `new`.
        phrases: What a learner says: several sentences for each occasion.
        beliefs: Kind of fault → how somebody explains the faulty line who believes that it is right.
        tells: What tutors for comparison say.
        kinds: Kind of fault → one sentence that says what is wrong.
    """

    code: str
    names: Mapping[str, Pattern]
    says: Mapping[str, Pattern]
    constructs: Mapping[str, Pattern]
    line: Pattern
    asks: Mapping[str, Pattern]
    rounds: Mapping[str, Pattern]
    marks: Mapping[str, Pattern]
    swaps: Sequence[Pattern]
    phrases: Mapping[str, Sequence[str]]
    beliefs: Mapping[str, Sequence[str]]
    tells: Mapping[str, str]
    kinds: Mapping[str, str]

    def is_a(self, mark: str, sentence: str) -> bool:
        """Whether a sentence shows one of the `marks`."""
        return self.marks[mark].search(sentence) is not None


@cache
def lexicon(code: str) -> Lexicon:
    """The language of this code.

    Raises:
        InputError: Simulated learners do not speak it.
    """
    path = _FOLDER / f"{code}.yaml"
    known = lexicons()
    if code not in known:
        remedy = f"choose from: {', '.join(known)}"
        raise InputError(f"no simulated learner speaks {code!r}", place="language", remedy=remedy)
    content = cast("dict[str, Any]", yaml.safe_load(path.read_text(encoding="utf-8")))
    reads, says = content["reads"], content["says"]
    asks: dict[str, Any] = dict(reads["asks"])
    rounds: dict[str, str] = asks.pop("round")
    beliefs: dict[str, list[str]] = says.pop("belief")
    tells: dict[str, Any] = dict(content["tells"])
    kinds: dict[str, str] = tells.pop("kinds")
    return Lexicon(
        code=code,
        names={kind: _any(item["names"]) for kind, item in reads["kinds"].items()},
        says={kind: _any(item["says"]) for kind, item in reads["kinds"].items()},
        constructs={name: _any(words) for name, words in reads["constructs"].items()},
        line=re.compile(reads["line"], re.IGNORECASE),
        asks={name: re.compile(text, re.IGNORECASE) for name, text in asks.items()},
        rounds={name: re.compile(text, re.IGNORECASE) for name, text in rounds.items()},
        marks={name: _any(words) for name, words in reads["marks"].items()},
        swaps=tuple(re.compile(text, re.IGNORECASE) for text in reads["swaps"]),
        phrases={name: (text,) if isinstance(text, str) else tuple(text) for name, text in says.items()},
        beliefs={kind: tuple(text) for kind, text in beliefs.items()},
        tells=tells,
        kinds=kinds,
    )


@cache
def lexicons() -> tuple[str, ...]:
    """Codes of the languages that simulated learners speak."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def _any(patterns: Sequence[str]) -> Pattern:
    return re.compile("|".join(f"(?:{item})" for item in patterns), re.IGNORECASE)
