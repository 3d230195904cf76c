"""Cutting documents into passages, and linking each to the concepts it is about."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from gradatim.domain import stable_id
from gradatim.kg.construction.documents.model import Block, CourseDocument
from gradatim.kg.lexicon import Lexicon
from gradatim.kg.passages.index import Passage

WORDS = 120
"""Words after which a passage ends with its paragraph."""
LEAST = 12
"""Passages of fewer words say too little."""
MOST_CONCEPTS = 6
"""Concepts that a passage is filed under: those it names most."""


def cut(document: CourseDocument, lexicon: Lexicon) -> Iterator[Passage]:
    """The passages of a document that name concepts.

    A passage is a stretch of one section; code that stands in it belongs to it.
    """
    path: list[tuple[int, str]] = []
    own: list[Block] = []
    for block in document.blocks:
        if block.kind == "heading":
            yield from _passage(document, path, own, lexicon)
            path, own = [*(item for item in path if item[0] < block.level), (block.level, block.text)], []
            continue
        own.append(block)
        if sum(len(item.text.split()) for item in own) >= WORDS and block.kind in ("paragraph", "code"):
            yield from _passage(document, path, own, lexicon)
            own = []
    yield from _passage(document, path, own, lexicon)


def _passage(
    document: CourseDocument, path: list[tuple[int, str]], blocks: list[Block], lexicon: Lexicon
) -> Iterator[Passage]:
    text = "\n\n".join(f"```\n{block.text}\n```" if block.kind == "code" else _marked(block) for block in blocks)
    words = len(text.split())
    if words < LEAST:
        return
    heading = [text for _, text in path]
    title = " › ".join(heading)
    counts = Counter(mention.concept for mention in lexicon.mentions(text))
    counts.update({mention.concept: 2 for mention in lexicon.mentions(heading[-1] if heading else "")})
    if not counts:
        return
    chosen = sorted(counts, key=lambda concept: (-counts[concept], concept))[:MOST_CONCEPTS]
    yield Passage(
        id=stable_id("passage", document.name, title, text),
        text=text,
        concepts=tuple(chosen),
        heading=title,
        place=blocks[0].place,
        source=f"passages/{document.name}",
        relevance=round(min(1.0, 4 * counts[chosen[0]] / math.sqrt(words) / 8), 4),
    )


def _marked(block: Block) -> str:
    """A block's text with its code in code marks, so that everyday words in code count as names of concepts."""
    parts: list[str] = []
    at = 0
    for span in block.spans:
        if span.kind == "code" and span.start >= at:
            parts += [block.text[at : span.start], "`", block.text[span.start : span.end], "`"]
            at = span.end
    return "".join(parts) + block.text[at:]
