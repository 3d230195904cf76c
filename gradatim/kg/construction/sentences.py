"""A document's running text as sentences of words that know what the markup said about them.

Code inside a sentence ("the `for` statement") reads like nothing a parser of English has seen. Each stretch of code is
therefore parsed as if a name stood there, and put back afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gradatim.kg.construction.documents.model import Block, BlockKind, CourseDocument, SpanKind
from gradatim.kg.construction.language import Parser, Word

_STAND_INS = ("Fooz", "Barz", "Bazz", "Quxz", "Corgez", "Graultz", "Garplyz", "Plughz")
"""Words that the parser takes for names. They differ so that two pieces of code side by side are not taken for one."""
_CODE_LIKE = re.compile(
    r"""\b[A-Za-z_][\w.]*\([^()\n]{0,60}\)       # range(10), json.dumps(x, indent=2)
    |\b__\w+__\b                                # __init__
    |\b\w+_\w[\w.]*\b                           # snake_case
    |(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?![\w.])  # sys.path, list.append
    |\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b            # ValueError
    |[<>=!+\-*/%&|^~]=|\*\*|//|<<|>>""",
    re.VERBOSE,
)
_KEYWORD = re.compile(
    r"\b(and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|finally|for|from|global|if"
    r"|import|in|is|lambda|match|nonlocal|not|or|pass|raise|return|try|while|with|yield|switch|do|goto)"
    r"(?=(?:[-– ]and[- ]\w+)? (?:statement|loop|clause|keyword|block|expression|operator|branch|suite)s?\b)"
)
_FILE_LIKE = re.compile(
    r"\.(?:com|org|net|io|html?|txt|pdf|py|md|csv|json|e\.g|i\.e)$|^(?:e\.g|i\.e|a\.m|p\.m|U\.S)", re.I
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence; a stretch of code is one word, whatever stands in it."""

    text: str
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int
    start: int
    end: int
    """Offsets into the sentence's text, `end` exclusive."""
    code: bool = False
    marked: bool = False
    """Whether the markup stresses it: strong, emphasised, or introduced as a term."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading, or list entry."""

    text: str
    tokens: tuple[Token, ...]
    kind: BlockKind
    section: tuple[str, ...]
    """The headings it stands under, outermost first; for a heading, itself last."""
    place: str
    block: int
    """Number of its block in the document: sentences of one paragraph share it."""
    leads: str = ""
    """For an item or a table's cell, the sentence that leads in its list."""


def sentences(document: CourseDocument, parser: Parser) -> list[Sentence]:
    """The sentences of a document in reading order; code blocks are left out."""
    blocks = [(number, block) for number, block in enumerate(document.blocks) if block.kind != "code"]
    masked = [_Masked.of(block) for _, block in blocks]
    parsed = parser.parse([item.text for item in masked])
    found: list[Sentence] = []
    path: list[tuple[int, str]] = []
    lead = ""
    for (number, block), mask, groups in zip(blocks, masked, parsed, strict=True):
        if block.kind == "heading":
            path = [item for item in path if item[0] < block.level] + [(block.level, block.text)]
            lead = ""
        section = tuple(text for _, text in path)
        own = list(
            _of_block(block, mask, groups, section, number, lead if block.kind in ("item", "term", "cell") else "")
        )
        found += own
        if block.kind == "paragraph" and own:
            lead = own[-1].text if own[-1].text.rstrip().endswith(":") else ""
    return found


def _of_block(
    block: Block, mask: _Masked, groups: list[list[Word]], section: tuple[str, ...], number: int, lead: str
) -> Iterator[Sentence]:
    if block.kind in ("heading", "term", "cell") and len(groups) > 1:
        groups = [_joined(groups)]
    for words in groups:
        if not words:
            continue
        # Where code was replaced by a stand-in, the original text is longer or shorter than what was parsed.
        places = [mask.original(word.start, word.end) for word in words]
        begin, end = places[0][0], places[-1][1]
        tokens = tuple(
            _token(word, block, place, begin, mask.is_code(word.start))
            for word, place in zip(words, places, strict=True)
        )
        yield Sentence(block.text[begin:end], tokens, block.kind, section, block.place, number, lead)


def _joined(groups: list[list[Word]]) -> list[Word]:
    """Several sentences as one: a heading is one thing, whatever the parser thinks."""
    joined: list[Word] = []
    for words in groups:
        base = len(joined)
        joined += [Word(w.text, w.lemma, w.pos, w.tag, w.dep, w.head + base, w.start, w.end) for w in words]
    return joined


def _token(word: Word, block: Block, place: tuple[int, int], begin: int, code: bool) -> Token:
    text = block.text[place[0] : place[1]]
    marked = any(span.start <= place[0] and place[1] <= span.end and span.kind in _STRESS for span in block.spans)
    return Token(
        text=text,
        lemma=text if code else word.lemma.lower() if word.pos != "PROPN" else word.text,
        pos="NOUN" if code else word.pos,
        tag="CODE" if code else word.tag,
        dep=word.dep,
        head=word.head,
        start=place[0] - begin,
        end=place[1] - begin,
        code=code,
        marked=marked,
    )


_STRESS: frozenset[SpanKind] = frozenset({"strong", "emphasis", "term"})


@dataclass(frozen=True, slots=True)
class _Masked:
    """A block's text with a stand-in for each stretch of code."""

    text: str
    pieces: tuple[tuple[int, int, int, int], ...]
    """Start and end in `text`, start and end in the block's text; only of stand-ins."""

    @classmethod
    def of(cls, block: Block) -> _Masked:
        text = block.text
        spots = [(span.start, span.end) for span in block.spans if span.kind == "code"]
        taken = list(spots)
        for pattern in (_CODE_LIKE, _KEYWORD):
            for match in pattern.finditer(text):
                if pattern is _CODE_LIKE and _FILE_LIKE.search(match.group()):
                    continue
                if all(match.end() <= start or end <= match.start() for start, end in taken):
                    taken.append(match.span())
        parts: list[str] = []
        pieces: list[tuple[int, int, int, int]] = []
        at = length = 0
        for start, end in sorted(taken):
            if start < at or start == end:
                continue
            parts.append(text[at:start])
            length += start - at
            stand_in = _STAND_INS[len(pieces) % len(_STAND_INS)]
            parts.append(stand_in)
            pieces.append((length, length + len(stand_in), start, end))
            length += len(stand_in)
            at = end
        parts.append(text[at:])
        return cls("".join(parts), tuple(pieces))

    def is_code(self, at: int) -> bool:
        """Whether the stand-in of a stretch of code begins here."""
        return any(start <= at < end for start, end, _, _ in self.pieces)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where a word of `text` stands in the block's text."""
        return self._back(start, first=True), self._back(end, first=False)

    def _back(self, at: int, *, first: bool) -> int:
        shift = 0
        for start, end, left, right in self.pieces:
            if at < start or (at == start and not first):
                break
            if at < end or (at == end and not first):
                return left if first else right
            shift = right - end
        return at + shift
