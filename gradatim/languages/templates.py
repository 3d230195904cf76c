"""Sentences with places that are filled in: recognising one, and what stands in its places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

PLACEHOLDER = re.compile(r"\{([a-z]+?)(\d*)\}")
_QUOTED = r"(?>'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")"
ANYTHING = rf"(?:{_QUOTED}|`[^`]*`|.)+?"
"""One sign or more; quoted texts and code count as a whole."""
SHAPES: Mapping[str, str] = {
    "line": r"\d+",
    "n": r"\d+",
    "part": r"\d+",
    "passed": r"\d+",
    "total": r"\d+",
    "whole": r"\d+",
    "number": r"-?\d[\w.]*",
    "seconds": r"\d+(?:\.\d+)?",
    "code": r"[^`]*",
    "error": r"[A-Za-z_][A-Za-z0-9_.]*",
    "name": r"[^\W\d]\w*(?:\.\w+)*",
    "subject": rf"(?!on turn \d|第 ?\d+ ?轮){ANYTHING}",
    "pieces": r"(?:`[^`]*`|[^`;；])+?",
    "test": r"[A-Za-z0-9_.\-\[\]]+",
    "spot": r"(?:index and element|, (?:the )?first|`[^`]*`|(?! and |, |和|、).)+?",
}
"""What may stand in a place, by its name; anything else holds anything."""
_WIDE = {
    "：": "[：:]",
    "，": "[，,]",
    "；": "[；;]",
    "。": r"[。.]",
    "？": r"[？?]",
    "！": "[！!]",
    "（": "[（(]",
    "）": "[）)]",
}
"""Punctuation of scripts without blanks, which people also write in its narrow form."""


@dataclass(frozen=True)
class Template:
    """One sentence of ours with places in it.

    Attributes:
        key: Where it stands: `section.place`.
        text: With `{places}`.
        shapes: Regular expressions for places, before those of `SHAPES`.
        loose: Whether blanks may be left out and punctuation be narrow.
    """

    key: str
    text: str
    shapes: Mapping[str, str] = field(default_factory=dict[str, str])
    loose: bool = False

    @cached_property
    def weight(self) -> int:
        """Characters that it says itself: of two that fit, the one that says more is meant."""
        return len(PLACEHOLDER.sub("", self.text))

    @cached_property
    def _literals(self) -> tuple[str, ...]:
        parts = PLACEHOLDER.sub("\0", self.text)
        return tuple(part for part in re.split(r"[\0 ：，；。？！（）]+" if self.loose else r"\0", parts) if part)

    @cached_property
    def _longest(self) -> str:
        return max(self._literals, key=len, default="")

    @cached_property
    def _form(self) -> re.Pattern[str]:
        return re.compile(self.pattern(), re.DOTALL)

    def pattern(self, *, named: bool = True) -> str:
        """A regular expression that matches what the sentence may be.

        Args:
            named: Whether its places are groups.
        """
        found, end, seen = "", 0, set[str]()
        for match in PLACEHOLDER.finditer(self.text):
            name = match[1] + match[2]
            shape = self.shapes.get(match[1]) or SHAPES.get(match[1], ANYTHING)
            opening = f"?P<{name}>" if named else "?:"
            place = f"(?P={name})" if named and name in seen else f"({opening}{shape})"
            found += self._escaped(self.text[end : match.start()]) + place
            seen.add(name)
            end = match.end()
        return found + self._escaped(self.text[end:])

    def _escaped(self, text: str) -> str:
        if not self.loose:
            return re.escape(text)
        return "".join(" ?" if sign == " " else _WIDE.get(sign) or re.escape(sign) for sign in text)

    def read(self, text: str) -> dict[str, str] | None:
        """Place → what stands there; `None` where the text is another sentence."""
        if self._longest not in text or not all(part in text for part in self._literals):
            return None
        match = self._form.fullmatch(text)
        return None if match is None else match.groupdict()


def places(text: str) -> frozenset[str]:
    """Names of the places of a sentence."""
    return frozenset(match[1] + match[2] for match in PLACEHOLDER.finditer(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A sentence with its places filled in; blanks between two letters of a script without blanks fall away."""
    said, end = "", 0
    for match in PLACEHOLDER.finditer(text):
        said = _joined(_joined(said, text[end : match.start()]), values[match[1] + match[2]])
        end = match.end()
    return _joined(said, text[end:])


def _joined(before: str, after: str) -> str:
    if before.endswith(" ") and _wide(before[:-1][-1:]) and _wide(after[:1]):
        return before[:-1] + after
    if after.startswith(" ") and _wide(before[-1:]) and _wide(after[1:2]):
        return before + after[1:]
    return before + after


def _wide(sign: str) -> bool:
    return "\u3000" <= sign <= "\u9fff" or "\uff00" <= sign <= "\uffef"


def ranked(templates: Iterable[Template]) -> tuple[Template, ...]:
    """Those first that say most themselves."""
    return tuple(sorted(templates, key=lambda item: (-item.weight, item.key)))
