"""The retrieval query of one assessment (SPEC §3): what the concept graph has to say about one program."""

from __future__ import annotations

import re
from asyncio import gather
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from gradatim.domain import Evidence, LearnerState, MisconceptionMatch
from gradatim.kg.schema import Concept, Misconception
from gradatim.kg.store import ConceptStore, Step

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
    limit: int = 12,
) -> list[Evidence]:
    """What the graph says about one program.

    In this order: misconceptions that were matched; the task's concepts; their prerequisite chains; the
    prerequisite this learner masters least; misconceptions about these concepts that show in these errors;
    what the concepts are a kind or part of; what is similar. When `limit` does not hold all of it, every sort
    gets its share before any gets more.

    Args:
        store: The graph.
        concepts: Ids, names or aliases of what the task is about, the most important first. Those that the
            graph does not know are left out: `resolve` tells which.
        errors: Error categories seen. Without any, no misconceptions are proposed beyond those matched.
        misconceptions: Those that the program shows signs of. Those that the graph does not know are left
            out.
        mastery: What the memory knows about the learner.
        limit: Most items to return.

    Returns:
        Evidence with distinct ids, the same for the same arguments and graph.
    """
    (about, _), matched = await gather(resolve(store, concepts), _matched(store, misconceptions))
    chains = await gather(*(store.prerequisites(concept.id, DEPTH) for concept in about))
    weakest = _weakest(about, chains, mastery)
    ids = [concept.id for concept in about] + ([weakest.concept.id] if weakest else [])
    proposed, parents, similar = await gather(
        _proposed(store, ids, errors),
        gather(*(store.parents(concept.id) for concept in about)),
        gather(*(store.similar(concept.id) for concept in about)),
    )
    source = f"kg/{store.name}"
    groups = (
        _Group(matched, 3),
        _Group(tuple(_concept(concept, source, {"role": "task"}) for concept in about), 3),
        _Group(tuple(_path(*pair, source) for pair in zip(about, chains, strict=True) if pair[1]), 2),
        _Group((_weakest_evidence(weakest, source),) if weakest else (), 1),
        _Group(proposed, 2),
        _Group(_neighbours(about, parents, "parent", source), 1),
        _Group(_neighbours(about, similar, "similar", source), 1),
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


async def _matched(store: ConceptStore, matches: Sequence[MisconceptionMatch]) -> tuple[Evidence, ...]:
    ordered = sorted(matches, key=lambda match: (-match.confidence, match.id))
    found = await gather(*(store.misconception(match.id) for match in ordered))
    return tuple(
        _misconception(item, f"kg/{store.name}", match)
        for item, match in zip(found, ordered, strict=True)
        if item is not None
    )


async def _proposed(store: ConceptStore, concepts: Sequence[str], errors: Sequence[str]) -> tuple[Evidence, ...]:
    if not concepts or not errors:
        return ()
    found = await store.misconceptions_of(concepts, errors)
    return tuple(_misconception(item, f"kg/{store.name}", None) for item in found)


def _misconception(item: Misconception, source: str, match: MisconceptionMatch | None) -> Evidence:
    detail: dict[str, JsonValue] = {
        "belief": item.belief,
        "correction": item.correction,
        "looks_like": item.looks_like,
        "evidence": item.evidence,
        "talk": item.talk,
        "concepts": list(item.concepts),
        "errors": list(item.errors),
        "matched": match is not None,
    }
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
    about: Sequence[Concept], chains: Sequence[Sequence[Step]], mastery: LearnerState | None
) -> _Weakest | None:
    """The prerequisite with the lowest mastery of those observed and not mastered; on a tie the nearest."""
    if mastery is None:
        return None
    beliefs = {belief.concept: belief for belief in mastery.mastery}
    own = {concept.id for concept in about}
    candidates = [
        (beliefs[step.concept.id].probability, step.distance, step.concept.id, index, step)
        for index, chain in enumerate(chains)
        for step in chain
        if step.concept.id in beliefs and step.concept.id not in own
    ]
    if not candidates:
        return None
    probability, _, concept_id, index, step = min(candidates, key=lambda candidate: candidate[:4])
    if probability > MASTERED:
        return None
    return _Weakest(step.concept, about[index], probability, beliefs[concept_id].observations)


def _weakest_evidence(weakest: _Weakest, source: str) -> Evidence:
    detail: dict[str, JsonValue] = {
        "role": "weakest-prerequisite",
        "of": weakest.needed_for.id,
        "mastery": weakest.mastery,
        "observations": weakest.observations,
    }
    return _concept(weakest.concept, source, detail, remark=f" (needed before {weakest.needed_for.name})")


def _neighbours(
    about: Sequence[Concept], steps: Sequence[Sequence[Step]], role: str, source: str
) -> tuple[Evidence, ...]:
    """Neighbours in turn: the first of every concept, then the second of every concept, …"""
    ranked = sorted(
        ((rank, index, step) for index, found in enumerate(steps) for rank, step in enumerate(found)),
        key=lambda item: item[:2],
    )
    return tuple(
        _concept(step.concept, source, {"role": role, "of": about[index].id}, remark=_remark(role, about[index]))
        for _, index, step in ranked
    )


def _remark(role: str, concept: Concept) -> str:
    return f" ({concept.name} is a kind or part of it)" if role == "parent" else f" (similar to {concept.name})"


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
