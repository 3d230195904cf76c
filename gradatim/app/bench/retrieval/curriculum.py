"""Curricula of any size that are shaped like the packaged one, from a seed."""

from __future__ import annotations

import random

from gradatim.kg import Concept, ConceptGraph, Misconception, Relation, RelationType, Topic

CONCEPTS = 850
RELATIONS = 2_200
_PER_TOPIC = 34
_MISCONCEPTIONS = 0.35
"""For each concept."""
_NEAR = 60
"""Concepts before one in teaching order among which most of what it needs is found."""
_BASICS = 25
"""Concepts at the beginning that later ones refer to now and then, however far away."""
_SHARES: dict[RelationType, float] = {"prerequisite": 0.7, "hierarchical": 0.18, "similarity": 0.12}
_ERRORS = ("logical", "IndexError", "TypeError", "NameError", "UnboundLocalError", "timeout", "KeyError", "ValueError")
_FIRST = ("counting", "nested", "early", "shared", "empty", "mutable", "local", "ordered", "lazy", "default", "joined")
_SECOND = ("loop", "index", "function", "string", "list", "class", "file", "branch", "slice", "iterator", "argument")


def curriculum(concepts: int = CONCEPTS, relations: int = RELATIONS, *, seed: int = 3) -> ConceptGraph:
    """A curriculum whose concepts build on a few others, mostly near ones.

    Args:
        concepts: How many.
        relations: How many, of all types.
        seed: The same seed gives the same graph.
    """
    chance = random.Random(seed)
    ids = [f"{_FIRST[n % 11]}-{_SECOND[n // 11 % 11]}-{n}" for n in range(concepts)]
    topics = [f"topic-{n}" for n in range((concepts - 1) // _PER_TOPIC + 1)]
    return ConceptGraph(
        name=f"generated-{concepts}",
        topics=tuple(Topic(id=topic, title=topic.replace("-", " ").capitalize()) for topic in topics),
        concepts=tuple(_concept(name, number, topics[number // _PER_TOPIC]) for number, name in enumerate(ids)),
        relations=tuple(_relations(ids, relations, chance)),
        misconceptions=tuple(_misconceptions(ids, chance)),
    )


def _concept(name: str, number: int, topic: str) -> Concept:
    words = name.replace("-", " ")
    return Concept(
        id=name,
        name=words.capitalize(),
        aliases=(f"{words} pattern",),
        definition=f"A {words} is a way to arrange a program. It rests on what was taught before it and is used by "
        f"what follows; its number in the course is {number}.",
        example=f"value = {number}\nfor step in range(3):\n    value += step\nprint(value)\n",
        output=f"{number + 3}\n",
        topic=topic,
    )


def _relations(ids: list[str], count: int, chance: random.Random) -> list[Relation]:
    found: dict[tuple[str, ...], Relation] = {}
    wanted = {kind: round(share * count) for kind, share in _SHARES.items()}
    wanted["prerequisite"] += count - sum(wanted.values())
    for kind in _SHARES:
        before = len(found)
        while len(found) - before < wanted[kind]:
            later = chance.randrange(1, len(ids))
            nearest = max(0, later - _NEAR)
            basic = later > _NEAR and chance.random() < 0.1
            earlier = chance.randrange(min(_BASICS, later)) if basic else chance.randrange(nearest, later)
            # what is needed, what is more general and what resembles comes earlier in a course
            source, target = (earlier, later) if kind == "prerequisite" else (later, earlier)
            weight = 1.0 if kind == "hierarchical" else chance.choice((0.5, 0.7, 0.8, 0.9, 1.0))
            found.setdefault(
                (kind, ids[source], ids[target]),
                Relation(source=ids[source], target=ids[target], type=kind, weight=weight),
            )
    return list(found.values())


def _misconceptions(ids: list[str], chance: random.Random) -> list[Misconception]:
    found: list[Misconception] = []
    for number in range(round(_MISCONCEPTIONS * len(ids))):
        about = chance.sample(ids, chance.choice((1, 1, 2)))
        words = about[0].replace("-", " ")
        found.append(
            Misconception(
                id=f"belief-{number}",
                concepts=tuple(about),
                belief=f"A {words} runs once more than it says.",
                correction=f"A {words} runs as often as it says.",
                looks_like="for step in range(4):\n    print(step)\n",
                evidence="One value too many is printed.",
                talk="How often does the last line run?",
                errors=tuple(chance.sample(_ERRORS, chance.choice((1, 2)))),
            )
        )
    return found
