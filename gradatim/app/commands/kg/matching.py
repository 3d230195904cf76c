"""Finding concepts and misconceptions by what somebody types: exactly, in running text, half, or with mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from gradatim.kg import ConceptGraph
from gradatim.kg.lexicon import Lexicon

Kind = Literal["concept", "misconception"]

_WORD = re.compile(r"\w+")
_ALIKE = 0.75
"""Share of characters in common from which a name counts as mistyped."""
_SHORTEST = 4
"""Characters below which everything looks like everything."""
_TYPED = 8
"""Words that are looked at for mistakes: a sentence is no name."""
_SCORES: Mapping[str, float] = {"name": 1.0, "words": 0.92, "mention": 0.9, "beginning": 0.6, "mistake": 0.4}
_BELIEF = 0.75
"""What a word in the belief of a misconception counts, against one in a name."""


@dataclass(frozen=True, slots=True)
class Match:
    """Something that was found."""

    kind: Kind
    id: str
    name: str
    """Of a concept; the belief of a misconception."""
    score: float
    """In (0, 1]; only to be compared within one search."""
    reason: str
    """Why it was found, in words."""


@dataclass(frozen=True, slots=True)
class _Label:
    """A text by which something may be meant."""

    kind: Kind
    id: str
    text: str
    sort: str
    """`name`, `alias`, `id` or `belief`."""
    name: str
    """What the thing is shown as."""


def matches(graph: ConceptGraph, text: str) -> list[Match]:
    """Everything that a text may mean, the likeliest first; each thing once, with the best reason.

    Args:
        graph: Where to look.
        text: A name, the beginning of one, a name with a typing mistake, or a whole sentence that names concepts.
    """
    best: dict[tuple[Kind, str], Match] = {}
    for match in _candidates(graph, text.strip()):
        known = best.get((match.kind, match.id))
        if known is None or match.score > known.score:
            best[match.kind, match.id] = match
    return sorted(best.values(), key=lambda match: (-match.score, match.kind, match.id))


def _candidates(graph: ConceptGraph, text: str) -> Iterator[Match]:
    if not text:
        return
    labels = list(_labels(graph))
    yield from _named(graph, labels, text)
    yield from _mentioned(graph, text)
    yield from _begun(labels, text)
    yield from _mistyped(labels, text)


def _labels(graph: ConceptGraph) -> Iterator[_Label]:
    for concept in graph.concepts:
        yield _Label("concept", concept.id, concept.name, "name", concept.name)
        yield _Label("concept", concept.id, concept.id, "id", concept.name)
        for alias in concept.aliases:
            yield _Label("concept", concept.id, alias, "alias", concept.name)
    for item in graph.misconceptions:
        yield _Label("misconception", item.id, item.id, "id", item.belief)
        yield _Label("misconception", item.id, item.belief, "belief", item.belief)


def _named(graph: ConceptGraph, labels: list[_Label], text: str) -> Iterator[Match]:
    wanted = text.casefold()
    for label in labels:
        if label.text.casefold() == wanted:
            score = _SCORES["name"] - {"id": 0.0, "name": 0.0, "alias": 0.02, "belief": 0.0}[label.sort]
            yield Match(label.kind, label.id, label.name, score, f"{label.sort} {label.text!r}")
    found = Lexicon(graph.concepts).find(text)
    for concept in graph.concepts:
        if concept.id == found:
            yield Match(
                "concept", concept.id, concept.name, _SCORES["name"] - 0.04, f"another form of {concept.name!r}"
            )


def _mentioned(graph: ConceptGraph, text: str) -> Iterator[Match]:
    names = {concept.id: concept.name for concept in graph.concepts}
    for place, mention in enumerate(Lexicon(graph.concepts).mentions(text)):
        words = text[mention.start : mention.end]
        score = _SCORES["mention"] - min(0.001 * place, 0.1)
        yield Match("concept", mention.concept, names[mention.concept], score, f"the text names it: {words!r}")


def _begun(labels: list[_Label], text: str) -> Iterator[Match]:
    """Things of which every typed word begins a word."""
    typed = [word for word in _WORD.findall(text.casefold()) if word]
    if not typed:
        return
    for label in labels:
        words = _WORD.findall(label.text.casefold().replace("-", " "))
        begun = [next((word for word in words if word.startswith(part)), None) for part in typed]
        if any(word is None for word in begun):
            continue
        held = sum(map(len, typed)) / max(sum(map(len, words)), 1)
        weight = _BELIEF if label.sort == "belief" else 1.0
        score = weight * (
            _SCORES["beginning"] + 0.2 * min(held, 1.0) + (0.05 if words[0].startswith(typed[0]) else 0.0)
        )
        if held >= 1 and sorted(words) == sorted(typed) and label.sort != "belief":
            score = _SCORES["words"]
        reason = f"a word of its {label.sort} begins so" if len(typed) == 1 else f"words of its {label.sort} begin so"
        yield Match(label.kind, label.id, label.name, score, f"{reason}: {_short(label.text)!r}")


def _mistyped(labels: list[_Label], text: str) -> Iterator[Match]:
    """Things that are called nearly so: as a whole, or word for word."""
    wanted = text.casefold()
    typed = [word for word in _WORD.findall(wanted) if len(word) > 1][:_TYPED]
    words_of = {label: _WORD.findall(label.text.casefold().replace("-", " ")) for label in labels}
    known = sorted({word for words in words_of.values() for word in words})
    near = [dict(_alike(known, word)) for word in typed]
    for label, words in words_of.items():
        weight = _BELIEF if label.sort == "belief" else 1.0
        best = [max((found.get(word, 0.0) for word in words), default=0.0) for found in near]
        if best and all(best):
            alike, held = min(best), sum(map(len, typed)) / max(sum(map(len, words)), 1)
            score = weight * (_SCORES["mistake"] * alike + 0.1 * min(held, 1.0))
            yield Match(
                label.kind, label.id, label.name, score, f"words of its {label.sort} look so: {_short(label.text)!r}"
            )
    whole = {label.text.casefold(): label for label in reversed(labels) if label.sort != "belief"}
    for found, alike in _alike(sorted(whole), wanted):
        label = whole[found]
        score = _SCORES["mistake"] + 0.5 * (alike - _ALIKE)
        yield Match(label.kind, label.id, label.name, score, f"looks like {label.sort} {label.text!r}")


def _alike(known: list[str], wanted: str) -> Iterator[tuple[str, float]]:
    """Texts that have most of their characters in common with another, and how much; a beginning is wholly alike."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    for text in known:
        if text.startswith(wanted):
            yield text, 1.0
            continue
        matcher.set_seq1(text)
        if len(wanted) < _SHORTEST or matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
            continue
        alike = matcher.ratio()
        if alike >= _ALIKE:
            yield text, alike


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
