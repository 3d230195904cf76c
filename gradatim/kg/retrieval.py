"""The retrieval query of one assessment (SPEC §3): what the concept graph has to say about one program."""

from __future__ import annotations

import re
from asyncio import gather
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from gradatim.domain import Evidence, LearnerState, MisconceptionMatch
from gradatim.kg.passages import PassageIndex
from gradatim.kg.related import Related
from gradatim.kg.schema import Concept, Misconception
from gradatim.kg.store import ConceptStore, Step, Surroundings

DEPTH = 3
"""How far back a prerequisite chain is followed."""
MASTERED = 0.7
"""Mastery above which a prerequisite is not worth naming (the bound of breadth in SPEC §2)."""
SUMMARY_LENGTH = 200
"""Characters that a summary should not exceed. Whole sentences are kept even when the first one is longer."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(*_])")


@dataclass(frozen=True, slots=True)
class _Group:
    """Evidence of one sort; `quota` items of it are taken before any group gets more."""

    items: tuple[Evidence, ...]
    quota: int


@dataclass(frozen=True, slots=True)
class _Weakest:
    concept: Concept
    needed_for: Concept
    path: tuple[str, ...]
    mastery: float
    observations: int


async def resolve(store: ConceptStore, names: Iterable[str]) -> tuple[tuple[Concept, ...], tuple[str, ...]]:
    """The concepts that a task means, and those of its names that stand for none or for several.

    Args:
        store: The graph.
        names: Ids, names or aliases, as a task file gives them.
    """
    given = tuple(dict.fromkeys(names))
    found = await gather(*(store.find(name) for name in given))
    known = {concept.id: concept for concept in found if concept is not None}
    unknown = tuple(name for name, concept in zip(given, found, strict=True) if concept is None)
    return tuple(known.values()), unknown


async def retrieve(
    store: ConceptStore,
    *,
    concepts: Sequence[str],
    errors: Sequence[str] = (),
    misconceptions: Sequence[MisconceptionMatch] = (),
    mastery: LearnerState | None = None,
    history: Sequence[str] = (),
    passages: PassageIndex | None = None,
    related: Related | None = None,
    limit: int = 12,
) -> list[Evidence]:
    """What the graph says about one program, in one request to wherever the graph lies.

    In this order: misconceptions that were matched; the task's concepts; their prerequisite chains; the
    prerequisite this learner masters least; misconceptions about these concepts and what they need that show in
    these errors, the likeliest first; passages of the course; what the concepts are a kind or part of; what is
    similar, and what is close where nothing is. When `limit` does not hold all of it, every sort gets its share
    before any gets more.

    Args:
        store: The graph.
        concepts: Ids, names or aliases of what the task is about, the most important first. Those that the
            graph does not know are left out: `resolve` tells which.
        errors: Error categories seen. Without any, no misconceptions are proposed beyond those matched.
        misconceptions: Those that the program shows signs of. Those that the graph does not know are left
            out.
        mastery: What the memory knows about the learner.
        history: Ids of misconceptions that this learner showed before, once for each time.
        passages: Text of the course.
        related: What is close to concepts that the graph states nothing similar to.
        limit: Most items to return.

    Returns:
        Evidence with distinct ids, the same for the same arguments and graph. `detail["path"]` holds the ids of the
        concepts through which an item hangs together with the task, in the direction of the relations.
    """
    ordered = sorted(misconceptions, key=lambda match: (-match.confidence, match.id))
    around = await store.around(concepts, depth=DEPTH, errors=errors, misconceptions=[match.id for match in ordered])
    about = tuple({concept.id: concept for concept in around.concepts if concept is not None}.values())
    source = f"kg/{store.name}"
    matches = {match.id: match for match in reversed(ordered)}
    matched = tuple(
        _misconception(item, source, _way(item, about, around), match=matches[item.id])
        for item in around.misconceptions
    )
    weakest = _weakest(about, around.prerequisites, mastery)
    groups = (
        _Group(matched, 3),
        _Group(tuple(_concept(item, source, {"role": "task", "path": [item.id]}) for item in about), 3),
        _Group(tuple(_path(item, chain, source) for item in about if (chain := around.prerequisites[item.id])), 2),
        _Group((_weakest_evidence(weakest, source),) if weakest else (), 1),
        _Group(_beliefs(around, about, errors, mastery, history, source, limit + len(matched)), 2),
        _Group(_passages(passages, about, errors, source), 1),
        _Group(_neighbours(about, around.parents, "parent", source), 1),
        _Group(_neighbours(about, around.similar, "similar", source), 1),
        _Group(await _close(store, about, around, related, source), 1),
    )
    return _select(groups, limit)


def _select(groups: Sequence[_Group], limit: int) -> list[Evidence]:
    """At most `limit` items with distinct ids, in the order of the groups; an item keeps its first place."""
    seen: set[str] = set()
    distinct: list[list[Evidence]] = []
    for group in groups:
        fresh = [item for item in {item.id: item for item in reversed(group.items)}.values() if item.id not in seen]
        fresh.reverse()
        seen.update(item.id for item in fresh)
        distinct.append(fresh)
    taken = [0] * len(groups)
    room = max(limit, 0)
    for shares in ([group.quota for group in groups], [len(items) for items in distinct]):
        for index, (share, items) in enumerate(zip(shares, distinct, strict=True)):
            more = min(share, len(items) - taken[index], room)
            taken[index] += more
            room -= more
    return [item for items, count in zip(distinct, taken, strict=True) for item in items[:count]]


# ------------------------------------------------------------------------------------- misconceptions


def _beliefs(
    around: Surroundings,
    about: Sequence[Concept],
    errors: Sequence[str],
    mastery: LearnerState | None,
    history: Sequence[str],
    source: str,
    limit: int,
) -> tuple[Evidence, ...]:
    """At most `limit` misconceptions about the concepts and what they need, the likeliest first."""
    places = _nearness(about, around.prerequisites)
    exact = frozenset(errors)
    known = {belief.concept: belief for belief in mastery.mastery} if mastery is not None else {}
    before = Counter(history)
    ranked: list[tuple[float, Misconception, dict[str, JsonValue]]] = []
    for item in around.beliefs:
        near = max(places.get(concept, 0.0) for concept in item.concepts)
        shared = sum(places.get(concept, 0.0) == 1.0 for concept in item.concepts) / len(item.concepts)
        weak = [1 - known[concept].probability for concept in item.concepts if concept in known]
        parts: dict[str, float] = {
            "nearness": near,
            "focus": 0.5 * shared,
            "error": 0.5 if exact.intersection(item.errors) else 0.25,
            "history": min(0.25 * before[item.id], 0.5),
            "weakness": 0.5 * max(weak, default=0.0),
        }
        ranked.append((sum(parts.values()), item, {name: round(part, 4) for name, part in parts.items() if part}))
    ranked.sort(key=lambda entry: (-round(entry[0], 9), entry[1].id))
    return tuple(
        _misconception(item, source, _way(item, about, around), ranked_by=parts)
        for _, item, parts in ranked[: max(limit, 0)]
    )


def _nearness(about: Sequence[Concept], chains: Mapping[str, Sequence[Step]]) -> dict[str, float]:
    """1 for the task's concepts; for a prerequisite its weight, halved with every relation between."""
    places: dict[str, float] = {}
    for chain in chains.values():
        for step in chain:
            places[step.concept.id] = max(places.get(step.concept.id, 0.0), step.weight * 0.5**step.distance)
    return places | {concept.id: 1.0 for concept in about}


def _way(item: Misconception, about: Sequence[Concept], around: Surroundings) -> list[str]:
    """From one of its concepts to the task's: the shortest way."""
    own = {concept.id for concept in about}
    if here := [concept for concept in item.concepts if concept in own]:
        return [here[0]]
    ways = [step.path for chain in around.prerequisites.values() for step in chain if step.concept.id in item.concepts]
    return list(min(ways, key=lambda way: (len(way), way))) if ways else [item.concepts[0]]


def _misconception(
    item: Misconception,
    source: str,
    way: Sequence[str],
    *,
    match: MisconceptionMatch | None = None,
    ranked_by: dict[str, JsonValue] | None = None,
) -> Evidence:
    detail: dict[str, JsonValue] = {
        "belief": item.belief,
        "correction": item.correction,
        "looks_like": item.looks_like,
        "evidence": item.evidence,
        "talk": item.talk,
        "concepts": list(item.concepts),
        "errors": list(item.errors),
        "matched": match is not None,
        "path": list(way),
    }
    if ranked_by is not None:
        detail["ranked_by"] = ranked_by
    if match is not None:
        detail |= {"confidence": match.confidence, "why": match.why, "observed": list(match.evidence)}
    opening = f"Common wrong belief: {_sentences(item.belief, 0)} In truth: "
    return Evidence(
        id=f"misconception:{item.id}",
        kind="misconception",
        summary=opening + _sentences(item.correction, SUMMARY_LENGTH - len(opening)),
        lines=match.lines if match is not None else (),
        detail=detail,
        source=source,
    )


# ------------------------------------------------------------------------------------------- concepts


def _concept(concept: Concept, source: str, detail: dict[str, JsonValue], *, remark: str = "") -> Evidence:
    opening = f"{concept.name}{remark}: "
    return Evidence(
        id=f"concept:{concept.id}",
        kind="concept",
        summary=opening + _sentences(concept.definition, SUMMARY_LENGTH - len(opening)),
        detail={
            "concept": concept.id,
            "name": concept.name,
            "definition": concept.definition,
            "example": concept.example,
            "output": concept.output,
            "counterexample": concept.counterexample.plain() if concept.counterexample else None,
            **detail,
        },
        source=source,
    )


def _path(concept: Concept, chain: Sequence[Step], source: str) -> Evidence:
    direct = [step.concept.name for step in chain if step.distance == 1]
    further = [step.concept.name for step in chain if step.distance > 1]
    summary = _listing(f"{concept.name} needs ", direct, SUMMARY_LENGTH)
    behind = " Behind these stand "
    if further and len(summary) + len(behind) + len(further[0]) < SUMMARY_LENGTH - 15:
        summary += _listing(behind, further, SUMMARY_LENGTH - len(summary))
    return Evidence(
        id=f"path:{concept.id}",
        kind="path",
        summary=summary,
        detail={
            "concept": concept.id,
            "path": list(max(chain, key=lambda step: step.distance).path),
            "chain": [
                {
                    "concept": step.concept.id,
                    "name": step.concept.name,
                    "distance": step.distance,
                    "weight": round(step.weight, 6),
                    "path": list(step.path),
                }
                for step in chain
            ],
        },
        source=source,
    )


def _weakest(
    about: Sequence[Concept], chains: Mapping[str, Sequence[Step]], mastery: LearnerState | None
) -> _Weakest | None:
    """The prerequisite with the lowest mastery of those observed and not mastered; on a tie the nearest."""
    if mastery is None:
        return None
    beliefs = {belief.concept: belief for belief in mastery.mastery}
    own = {concept.id for concept in about}
    candidates = [
        (beliefs[step.concept.id].probability, step.distance, step.concept.id, index, step)
        for index, concept in enumerate(about)
        for step in chains[concept.id]
        if step.concept.id in beliefs and step.concept.id not in own
    ]
    if not candidates:
        return None
    probability, _, concept_id, index, step = min(candidates, key=lambda candidate: candidate[:4])
    if probability > MASTERED:
        return None
    return _Weakest(step.concept, about[index], step.path, probability, beliefs[concept_id].observations)


def _weakest_evidence(weakest: _Weakest, source: str) -> Evidence:
    detail: dict[str, JsonValue] = {
        "role": "weakest-prerequisite",
        "of": weakest.needed_for.id,
        "path": list(weakest.path),
        "mastery": weakest.mastery,
        "observations": weakest.observations,
    }
    return _concept(weakest.concept, source, detail, remark=f" (needed before {weakest.needed_for.name})")


def _neighbours(
    about: Sequence[Concept], steps: Mapping[str, Sequence[Step]], role: str, source: str
) -> tuple[Evidence, ...]:
    """Neighbours in turn: the first of every concept, then the second of every concept, …"""
    ranked = sorted(
        ((rank, index, step) for index, concept in enumerate(about) for rank, step in enumerate(steps[concept.id])),
        key=lambda item: item[:2],
    )
    return tuple(
        _concept(
            step.concept,
            source,
            {"role": role, "of": about[index].id, "path": list(step.path)},
            remark=_remark(role, about[index]),
        )
        for _, index, step in ranked
    )


async def _close(
    store: ConceptStore, about: Sequence[Concept], around: Surroundings, related: Related | None, source: str
) -> tuple[Evidence, ...]:
    """The closest concept of each that the graph states nothing similar to."""
    if related is None:
        return ()
    found: list[Evidence] = []
    for concept in about:
        if around.similar[concept.id]:
            continue
        for other_id, score in related.of(concept.id)[:1]:
            other = await store.concept(other_id)
            if other is not None:
                detail: dict[str, JsonValue] = {
                    "role": "related",
                    "of": concept.id,
                    "relatedness": score,
                    "path": [concept.id, other.id],
                }
                found.append(_concept(other, source, detail, remark=f" (close in meaning to {concept.name})"))
    return tuple(found)


def _remark(role: str, concept: Concept) -> str:
    return f" ({concept.name} is a kind or part of it)" if role == "parent" else f" (similar to {concept.name})"


# ------------------------------------------------------------------------------------------- passages


def _passages(
    index: PassageIndex | None, about: Sequence[Concept], errors: Sequence[str], source: str
) -> tuple[Evidence, ...]:
    if index is None:
        return ()
    return tuple(
        Evidence(
            id=f"passage:{passage.id}",
            kind="passage",
            summary=_sentences(passage.text, SUMMARY_LENGTH),
            detail={
                "text": passage.text,
                "heading": passage.heading,
                "place": passage.place,
                "concepts": list(passage.concepts),
                "path": [concept.id for concept in about if concept.id in passage.concepts],
            },
            source=passage.source or source,
        )
        for passage in index.about([concept.id for concept in about], errors)
    )


# ----------------------------------------------------------------------------------------------- text


def _sentences(text: str, length: int) -> str:
    """As many whole sentences as fit into `length` characters, at least the first."""
    first, *rest = _SENTENCE_END.split(" ".join(text.split()))
    taken = first
    for sentence in rest:
        if len(taken) + 1 + len(sentence) > length:
            break
        taken += f" {sentence}"
    return taken if taken.endswith((".", "!", "?")) else f"{taken}."


def _listing(opening: str, names: Sequence[str], length: int) -> str:
    """A sentence that lists names, and how many more there are when not all fit."""
    taken = list(names)
    while True:
        left = len(names) - len(taken)
        text = opening + ", ".join(taken) + (f" and {left} more." if left else ".")
        if len(text) <= length or len(taken) == 1:
            return text
        taken.pop()
