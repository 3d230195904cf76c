"""How far two people agree who annotated the same course text independently."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from gradatim.errors import InputError
from gradatim.kg.graphfile import FileConcept, FileEdge
from gradatim.kg.lexicon import Key, name_key
from gradatim.kg.scoring.matching import keys


class Segment(BaseModel):
    """One annotated stretch of text: a line of an annotation file."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    text: str = ""
    """The annotated text, where the file carries it."""
    concepts: tuple[FileConcept, ...]
    relations: tuple[FileEdge, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cohen's κ (Cohen 1960) and F1 of two annotations.

    κ is in [-1, 1]: 0 is what chance gives, 1 is full agreement.
    """

    segments: int
    concept_kappa: float
    """Whether each noun phrase of the text (and each term that either annotated) is a concept, segment by segment."""
    concept_f1: float
    relation_kappa: float
    """Relation of each pair of concepts that both annotated in a segment: none, similarity, or one of the directed
    types in one of the two directions."""
    relation_f1: dict[str, float]
    """By type, over relations whose ends both annotated."""


def read_annotation(path: Path) -> list[Segment]:
    """The segments of an annotation file: one JSON object a line.

    Raises:
        InputError: It cannot be read, or a line is wrong; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", place=str(path), remedy="name a file") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", place=str(path), remedy="save it as UTF-8") from error
    segments: list[Segment] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            segments.append(Segment.model_validate(json.loads(line)))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(step) for step in first["loc"])
            raise InputError(f"{where}: {first['msg']}", place=f"{path}:{number}", remedy="correct the line") from error
        except ValueError as error:
            raise InputError(f"is not valid JSON: {error}", place=f"{path}:{number}", remedy="correct it") from error
    return segments


def agreement(
    left: Sequence[Segment], right: Sequence[Segment], candidates: Sequence[Iterable[Key]] | None = None
) -> Agreement:
    """Compare two annotations of the same segments.

    Args:
        left: One annotator's segments.
        right: The other's, in the same order.
        candidates: For each segment, the noun phrases of its text, about each of which the annotators had to decide;
            without them only terms of either annotator count, and κ of concepts is lower than it is.

    Raises:
        InputError: The two are not about the same segments.
    """
    if [item.id for item in left] != [item.id for item in right]:
        raise InputError(
            "the two annotations are not about the same segments",
            place="annotations",
            remedy="give files with the same ids in the same order",
        )
    concepts: Counter[tuple[object, object]] = Counter()
    relations: Counter[tuple[object, object]] = Counter()
    shared = total = 0
    for number, (a, b) in enumerate(zip(left, right, strict=True)):
        same = _same(a.concepts, b.concepts)
        shared += len(same)
        total += len(a.concepts) + len(b.concepts)
        neither = _rejected(candidates[number], (*a.concepts, *b.concepts)) if candidates is not None else 0
        concepts[True, True] += len(same)
        concepts[True, False] += len(a.concepts) - len(same)
        concepts[False, True] += len(b.concepts) - len(same)
        concepts[False, False] += neither
        relations.update(_decisions(a, b, same))
    return Agreement(
        segments=len(left),
        concept_kappa=kappa(concepts),
        concept_f1=2 * shared / total if total else 1.0,
        relation_kappa=kappa(relations),
        relation_f1={kind: _f1(relations, kind) for kind in ("prerequisite", "similarity", "hierarchical")},
    )


def kappa(decisions: Counter[tuple[object, object]]) -> float:
    """Cohen's κ of pairs of decisions: (observed − chance agreement) / (1 − chance agreement).

    1 when both always decide the same way and there is nothing to disagree about.
    """
    total = decisions.total()
    if not total:
        return 1.0
    observed = sum(count for (a, b), count in decisions.items() if a == b) / total
    first: Counter[object] = Counter()
    second: Counter[object] = Counter()
    for (a, b), count in decisions.items():
        first[a] += count
        second[b] += count
    chance = sum(first[value] * second[value] for value in first) / total**2
    return 1.0 if chance >= 1.0 else (observed - chance) / (1 - chance)


def _same(left: Sequence[FileConcept], right: Sequence[FileConcept]) -> dict[int, int]:
    """Numbers of the concepts that both have, one to one."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for a, concept in enumerate(left):
        own = set(keys(concept))
        for b, other in enumerate(right):
            if b not in taken and own & set(keys(other)):
                pairs[a] = b
                taken.add(b)
                break
    return pairs


def _rejected(candidates: Iterable[Key], annotated: Iterable[FileConcept]) -> int:
    named = {key for concept in annotated for key in keys(concept)}
    return len({key for key in candidates if key not in named})


def _decisions(a: Segment, b: Segment, same: dict[int, int]) -> Iterable[tuple[object, object]]:
    left, right = _by_pair(a), _by_pair(b)
    both = sorted(same)
    for position, first in enumerate(both):
        for second in both[position + 1 :]:
            yield left.get((first, second), "none"), _turned(right, same[first], same[second])


def _by_pair(segment: Segment) -> dict[tuple[int, int], str]:
    """Relation of each pair, in the order of the pair: `prerequisite>`, `prerequisite<`, `similarity`, …"""
    number = {name_key(item.name): place for place, item in enumerate(segment.concepts)}
    for place, item in enumerate(segment.concepts):
        for alias in item.aliases:
            number.setdefault(name_key(alias), place)
    found: dict[tuple[int, int], str] = {}
    for edge in segment.relations:
        source, target = number.get(name_key(edge.source)), number.get(name_key(edge.target))
        if source is None or target is None:
            continue
        sign = "" if edge.type == "similarity" else ">" if source < target else "<"
        found[min(source, target), max(source, target)] = edge.type + sign
    return found


def _turned(found: dict[tuple[int, int], str], first: int, second: int) -> str:
    if first < second:
        return found.get((first, second), "none")
    relation = found.get((second, first), "none")
    return relation.translate(str.maketrans("<>", "><"))


def _f1(decisions: Counter[tuple[object, object]], kind: str) -> float:
    right = sum(count for (a, b), count in decisions.items() if a == b and str(a).startswith(kind))
    every = sum(count * (str(a).startswith(kind) + str(b).startswith(kind)) for (a, b), count in decisions.items())
    return 2 * right / every if every else 1.0
