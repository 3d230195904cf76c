"""A sentence prepared for reading: every piece of code or value in it stands as a single sign.

Patterns that look for prose then cannot stumble over what code contains, and code cannot be taken for prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gradatim.domain import Claim
from gradatim.tools.claims.code import is_literal
from gradatim.tools.claims.extraction.clauses import Clause, clauses_of

_FIRST, _LAST = 0xE100, 0xF0FF
CODE = "[\ue100-\uf0ff]"
"""Matches one piece of code."""
VALUE = (
    rf"(?:{CODE}|-?\d+(?:\.\d+)?(?![\d\w%]|[.,]\d)|None\b|True\b|False\b|an empty (?:list|string|dictionary"
    rf"|tuple)\b|zero\b)"
)
"""Matches one piece of code or one plain value."""
EXCEPTION = r"\b[A-Z]\w*(?:Error|Exception|Interrupt|Iteration|Exit)\b"

_TYPOGRAPHIC = str.maketrans(
    {
        "’": "'", "‘": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"',
        "\u00a0": " ", "\u2009": " ", "\u202f": " ",
        "−": "-", "‑": "-", "–": "-", "—": " - ", "…": "...", "≤": "<=", "≥": ">=", "≠": "!=",
        "→": "->",
    }
)  # fmt: skip
_SPAN = re.compile(r"```(?:[a-zA-Z]+(?=\s))?(.+?)(?:```|(?<=\n)``?$|(?<=\n)$)|``(.+?)``|`([^`]+)`", re.DOTALL)
_IN_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_KIND = r"(?:test|exception|syntax|line|static|misconception|concept|path|passage|history|mastery|repair)"
_CITATION = re.compile(rf"\s*[\[(](?:evidence:?\s*|see\s+)?{_KIND}:[^\s\])]+(?:[,;\s]+{_KIND}:[^\s\])]+)*[\])]", re.I)
_TEST_ID = re.compile(
    r"[\[(]?\btests?:\s?(t\d{1,4})\b[\])]?(?=\s+(?:is|was|still|also|pass|fail|raise|time|give|return))"
)
_PLAIN = re.compile(rf"{EXCEPTION}(?::[^`]*)?|t\d{{1,4}}")
_CALL_START = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\(")
_BARE = re.compile(r"(?<!\w)(?:'[^'\n]{0,100}'|\"[^\"\n]{0,100}\")(?!\w)|(?<![\w)\]])[\[{(]")
_EMPTY = {
    "an empty list": "[]",
    "an empty string": "''",
    "an empty dictionary": "{}",
    "an empty tuple": "()",
    "zero": "0",
}
_PAIRS = {"(": ")", "[": "]", "{": "}"}


class Found(NamedTuple):
    """A claim, and which part of the prepared sentence it covers; without a claim, words that add nothing."""

    claim: Claim | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence with its code taken out.

    Attributes:
        text: The sentence, each piece of code one private-use character, quotes and dashes plain.
        codes: The pieces of code, in their order.
        clauses: The parts of the sentence, with what each of them does.
        program: The student's program.
    """

    text: str
    codes: tuple[str, ...]
    quoted: tuple[bool, ...]
    clauses: tuple[Clause, ...]
    program: str

    @classmethod
    def of(cls, sentence: str, program: str) -> Reading:
        text = _IN_PRIVATE_USE.sub(" ", sentence).translate(_TYPOGRAPHIC)
        text = _CITATION.sub("", _TEST_ID.sub(r"test \1", text))
        codes: list[str] = []
        quoted: list[bool] = []

        def take(code: str, marked: bool) -> str:
            if len(codes) > _LAST - _FIRST:
                return " "
            codes.append(code.strip())
            quoted.append(marked)
            return chr(_FIRST + len(codes) - 1)

        def take_span(match: re.Match[str]) -> str:
            code = next(group for group in match.groups() if group is not None).strip()
            return code if _PLAIN.fullmatch(code) else take(code, True)

        text = _SPAN.sub(take_span, text)
        text = "".join(piece if plain else take(piece, False) for piece, plain in _bare(text))
        text = " ".join(text.split())
        return cls(text, tuple(codes), tuple(quoted), clauses_of(text), program)

    def code(self, sign: str) -> str:
        """The code that a sign stands for."""
        return self.codes[ord(sign) - _FIRST]

    def marked(self, sign: str) -> bool:
        """Whether the code stood between backticks."""
        return self.quoted[ord(sign) - _FIRST]

    def value(self, piece: str) -> str | None:
        """The Python literal that a match of `VALUE` stands for, if it is one."""
        text = self.code(piece) if re.fullmatch(CODE, piece) else _EMPTY.get(piece.lower(), piece)
        return text if is_literal(text) else None

    def restored(self, start: int, end: int) -> str:
        """A part of the sentence with its code put back."""

        def put_back(match: re.Match[str]) -> str:
            code = self.code(match.group())
            return f"`{code}`" if self.marked(match.group()) else code

        return re.sub(CODE, put_back, self.text[start:end]).strip(" ,;:-")

    def clause(self, position: int) -> Clause:
        """The clause in which a position lies."""
        return next((item for item in reversed(self.clauses) if item.start <= position), self.clauses[0])

    def asserts(self, position: int) -> bool:
        """Whether what stands at a position is stated as a fact of the present program."""
        return self.clause(position).asserts(self.text, position)


def _bare(text: str) -> Iterator[tuple[str, bool]]:
    """Pieces of a text; the second part is False for calls and literals that stand outside of backticks."""
    position = 0
    while position < len(text):
        call, value = _CALL_START.search(text, position), _BARE.search(text, position)
        first = min((match for match in (call, value) if match), key=lambda match: match.start(), default=None)
        if first is None:
            break
        opening = first.end() - 1
        end = first.end() if text[opening] in "'\"" else _closing(text, opening)
        piece = text[first.start() : end] if end else ""
        fits = bool(piece) and (
            piece[piece.find("(") :].lower() not in ("(s)", "(es)") if first is call else is_literal(piece)
        )
        if fits and first is value and piece.startswith("(") and "," not in piece:
            fits = False  # a number in round brackets is a remark, not a tuple
        if fits:
            yield text[position : first.start()], True
            yield piece, False
            position = first.start() + len(piece)
        else:
            yield text[position : first.end()], True
            position = first.end()
    yield text[position:], True


def _closing(text: str, opening: int) -> int:
    """Position behind the bracket that closes the one at `opening`; 0 where there is none near."""
    stack: list[str] = []
    quote = ""
    for position in range(opening, min(len(text), opening + 200)):
        sign = text[position]
        if _FIRST <= ord(sign) <= _LAST:
            return 0
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in _PAIRS:
            stack.append(_PAIRS[sign])
        elif sign in ")]}":
            if not stack or stack.pop() != sign:
                return 0
            if not stack:
                return position + 1
    return 0
