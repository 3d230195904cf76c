"""Signs in the words of a message that speak for an intent: regular expressions from a file a language.

Every language's signs are tried on every message, for a learner may write in another language than the tutor speaks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, cast, get_args

import yaml

from gradatim.agents.tutoring.turn import Intent

_PACKAGE = "gradatim.agents.tutoring.understanding"
LONGEST = 2_000
"""Characters of a message in which signs are looked for."""
SETTLES = 3
"""Weight of a sign that settles what a message is, unless another one does, too."""
_BORDER = r"(?:(?<![A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<=[A-Za-z0-9_])(?![A-Za-z0-9_]))"
"""A border of a Latin word; those of other scripts may stand right beside it."""
_TONES = ("positive", "negative", "subject")


@dataclass(frozen=True, slots=True)
class Cues:
    """Signs of one or several languages.

    Attributes:
        signs: Intent → pairs of weight and expression.
        like: Intent → messages that others resemble.
        positive: Signs of good feelings; `negative`: of bad ones; `subject`: of talk about programming.
    """

    signs: Mapping[Intent, tuple[tuple[int, re.Pattern[str]], ...]]
    like: Mapping[Intent, tuple[str, ...]]
    positive: tuple[re.Pattern[str], ...]
    negative: tuple[re.Pattern[str], ...]
    subject: tuple[re.Pattern[str], ...]

    def weights(self, message: str) -> dict[Intent, int]:
        """Intent → weight of its strongest sign, and one more for a second sign; intents without a sign are absent."""
        text = _plain(message)
        found: dict[Intent, int] = {}
        for intent, signs in self.signs.items():
            hits = sorted((weight for weight, sign in signs if sign.search(text)), reverse=True)
            if hits:
                found[intent] = hits[0] + (len(hits) > 1)
        return found

    def affect(self, message: str) -> float:
        """Valence of a message in [-1, 1]: a third for each sign of a good or a bad feeling."""
        text = _plain(message)
        good = sum(len(sign.findall(text)) for sign in self.positive)
        bad = sum(len(sign.findall(text)) for sign in self.negative)
        return max(-1.0, min(1.0, (good - bad) / 3))

    def on_subject(self, message: str) -> bool:
        """Whether a message has a word of programming."""
        text = _plain(message)
        return any(sign.search(text) for sign in self.subject)


@cache
def packaged_cues() -> Cues:
    """The signs of all languages that have a file."""
    folder = resources.files(_PACKAGE).joinpath("cues")
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return cues_of([yaml.safe_load(item.read_text(encoding="utf-8")) for item in files])


def cues_of(files: list[Any]) -> Cues:
    """Signs from the content of files, one for each language.

    Raises:
        ValueError: A file names an unknown intent, or an expression cannot be compiled.
    """
    signs: dict[Intent, list[tuple[int, re.Pattern[str]]]] = {}
    like: dict[Intent, list[str]] = {}
    tones: dict[str, list[re.Pattern[str]]] = {tone: [] for tone in _TONES}
    for content in files:
        for key, value in cast("dict[str, Any]", content).items():
            if key in _TONES:
                tones[key] += [_compiled(text) for text in value]
                continue
            if key not in get_args(Intent):
                raise ValueError(f"cues: no intent {key!r}")
            intent = cast("Intent", key)
            signs.setdefault(intent, []).extend(_weighted(value))
            like.setdefault(intent, []).extend(value.get("like", ()))
    return Cues(
        {intent: tuple(items) for intent, items in signs.items()},
        {intent: tuple(items) for intent, items in like.items()},
        tuple(tones["positive"]),
        tuple(tones["negative"]),
        tuple(tones["subject"]),
    )


def _weighted(value: Mapping[Any, Any]) -> Iterator[tuple[int, re.Pattern[str]]]:
    for weight, texts in value.items():
        if weight != "like":
            for text in texts:
                yield int(weight), _compiled(str(text))


def _compiled(text: str) -> re.Pattern[str]:
    text = text.replace(r"\b", _BORDER)
    # a word's expression must not be found inside another word; in scripts without spaces there are no such borders
    bounded = text if not text[0].isalpha() or not text[0].isascii() else rf"(?<![^\W_])(?:{text})"
    return re.compile(bounded, re.IGNORECASE)


def _plain(message: str) -> str:
    """The message with plain apostrophes, without code and invisible characters."""
    text = unicodedata.normalize("NFKC", message[:LONGEST]).replace("’", "'").replace("‘", "'")
    text = re.sub(r"```.*?(?:```|$)", " ", text, flags=re.DOTALL)
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
