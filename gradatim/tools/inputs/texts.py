"""Texts like those that the tests show: the same words, signs and patterns, put together anew."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.tools.inputs.numbers import Decimals, Integers

_PIECES = re.compile(r"(?<![\w.])-?\d+\.\d+|(?<!\w)-?\d+|\d+|[^\W\d_]+|\s+|.", re.DOTALL)
_LETTERS = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_RICH = 9
"""Different letters of one case that the tests have to show before others are tried too."""
_LONGEST = 2_000


def pieces(text: str) -> list[str]:
    """Numbers, words, white space and single signs of a text, in order."""
    return _PIECES.findall(text)


def _is_number(piece: str) -> bool:
    return piece[-1].isdecimal()


def _is_word(piece: str) -> bool:
    return piece[0].isalpha()


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts.

    Attributes:
        seen: What the tests show.
        words: Their words, with repetitions.
        signs: Characters that new words are made of.
        integers: Their whole numbers, if numbers stand in them and are written as such.
        decimals: Their decimal fractions.
        same_length: Whether all have the same length.
        mirrored: Share of them that read the same backwards, numbers left out.
        repeats: Whether the number of their pieces varies.
    """

    seen: tuple[str, ...]
    words: tuple[str, ...]
    signs: str
    integers: Integers | None
    decimals: Decimals | None
    same_length: bool
    mirrored: float
    repeats: bool

    @classmethod
    def learn(cls, values: Sequence[str]) -> Texts:
        cut = [pieces(value) for value in values]
        numbers = [piece for parts in cut for piece in parts if _is_number(piece)]
        whole = [piece for piece in numbers if "." not in piece]
        fractions = [float(piece) for piece in numbers if "." in piece]
        long = [value for value in values if len(value) > 1 and not all(map(_is_number, pieces(value)))]
        distinct = set(values)
        return cls(
            seen=tuple(values),
            words=tuple(piece for parts in cut for piece in parts if _is_word(piece)),
            signs=_signs(values),
            integers=Integers.learn([int(piece) for piece in whole]) if whole and not _are_codes(whole) else None,
            decimals=Decimals.learn(fractions) if fractions else None,
            same_length=len(distinct) > 1 and len({len(value) for value in values}) == 1,
            mirrored=sum(value == value[::-1] for value in long) / len(long) if long else 0.0,
            repeats=len({len(parts) for parts in cut}) > 1,
        )

    def draw(self, rng: random.Random) -> str:
        """A text: one that was seen, changed in some of its pieces, or (seldom) as it is."""
        base = rng.choice(self.seen)
        if not base or rng.random() < 0.1:
            return base
        parts = pieces(base)
        if self.repeats and rng.random() < 0.4:
            parts = _longer_or_shorter(parts, rng)
        text = "".join(self._changed(part, rng) if rng.random() < 0.6 else part for part in parts)
        if self.same_length and len(text) != len(base):
            text = "".join(self._sign(sign, rng) for sign in base)
        if self.mirrored and not all(map(_is_number, parts)) and rng.random() < max(self.mirrored, 0.4):
            half = text[: (len(base) + 1) // 2]
            text = half + half[::-1][len(base) % 2 :]
        return text[:_LONGEST] or base

    def _changed(self, piece: str, rng: random.Random) -> str:
        if _is_number(piece):
            if "." in piece and self.decimals is not None:
                return repr(self.decimals.draw(rng))
            if self.integers is not None:
                return str(self.integers.draw(rng))
            return "".join(self._sign(sign, rng) if sign.isdecimal() else sign for sign in piece)
        if _is_word(piece):
            if self.words and rng.random() < 0.4:
                return rng.choice(self.words)
            return self._word(piece, rng)
        return piece if piece.isspace() or piece in "'\"," else self._sign(piece, rng)

    def _word(self, word: str, rng: random.Random) -> str:
        """A word with one to three letters changed, put in, doubled or left out."""
        letters = list(word)
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(letters))
            match rng.randrange(5):
                case 0 if len(letters) > 1 and not self.same_length:
                    del letters[place]
                case 1 if not self.same_length:
                    letters.insert(place, letters[place])
                case 2 if not self.same_length:
                    letters.insert(place, self._sign(letters[place], rng))
                case _:
                    letters[place] = self._sign(letters[place], rng)
        return "".join(letters)

    def _sign(self, sign: str, rng: random.Random) -> str:
        """Another character of the same class: letter of this case, digit, or sign."""
        alike = [other for other in self.signs if _class(other) == _class(sign)]
        return rng.choice(alike) if alike else sign


def _class(sign: str) -> str:
    if sign.isalpha():
        return "A" if sign.isupper() else "a"
    return "0" if sign.isdecimal() else " " if sign.isspace() else "."


def _signs(values: Sequence[str]) -> str:
    """Characters of some texts, and all letters of a case of which many are there."""
    found = {sign for value in values for sign in value}
    for letters in _LETTERS:
        if len(found & set(letters)) >= _RICH:
            found |= set(letters)
    return "".join(sorted(found))


def _are_codes(numbers: Sequence[str]) -> bool:
    """Whether digits are signs rather than numbers: with zeros in front, or binary."""
    if any(len(number) > 1 and number.lstrip("-").startswith("0") for number in numbers):
        return True
    return len(set(numbers)) > 1 and max(map(len, numbers)) > 2 and set("".join(numbers)) <= {"0", "1"}


def _longer_or_shorter(parts: list[str], rng: random.Random) -> list[str]:
    """A run of one or two pieces doubled, or left out."""
    start = rng.randrange(len(parts))
    run = parts[start : start + 2]
    if rng.random() < 0.5 and len(parts) > len(run):
        return parts[:start] + parts[start + len(run) :]
    return parts[: start + len(run)] + run + parts[start + len(run) :]
