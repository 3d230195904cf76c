"""Graphs that are hard to draw."""

from __future__ import annotations

from random import Random

from gradatim.kg import ConceptGraph, Relation, Topic
from tests.kg.graphs import concept, like, misconception, needs, part_of

NAMES = (
    "plain",
    "some_very_long_identifier_without_any_place_to_break_it_into_lines()",
    "Übung mit Umlauten & <tags>",
    "汉字的名字很长很长很长很长很长很长很长",
    "itertools.combinations_with_replacement",
    "a name of four or five words or more",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "i",
)


def hub(neighbours: int = 60) -> ConceptGraph:
    """A concept with neighbours of every kind, which have relations among each other, too."""
    ids = [f"n{number}" for number in range(neighbours)]
    relations: list[Relation] = []
    for number, item in enumerate(ids):
        weight = (number % 10 + 1) / 10
        kinds = (needs("hub", item, weight), needs(item, "hub", weight), part_of("hub", item), part_of(item, "hub"))
        relations.append((*kinds, like("hub", item, weight))[number % 5])
    relations += [needs(ids[10], ids[5]), needs(ids[5], ids[0]), part_of(ids[2], ids[7]), part_of(ids[2], ids[13])]
    concepts = [concept(item, name=NAMES[number % len(NAMES)]) for number, item in enumerate(ids)]
    return ConceptGraph(
        name="hub",
        topics=(Topic(id="basics", title="Basics"),),
        concepts=(concept("hub", name="hub of a graph with a name longer than most are, " * 2), *concepts),
        relations=tuple(relations),
        misconceptions=tuple(misconception(f"m{number}", ["hub", ids[number]], ["logical"]) for number in range(12)),
    )


def star(kind: str, neighbours: int = 60) -> ConceptGraph:
    """A concept with neighbours of one kind."""
    make = {
        "before": lambda item: needs("hub", item),
        "after": lambda item: needs(item, "hub"),
        "above": lambda item: part_of("hub", item),
        "below": lambda item: part_of(item, "hub"),
        "beside": lambda item: like(item, "hub"),
    }[kind]
    ids = [f"n{number:02}" for number in range(neighbours)]
    return ConceptGraph(
        name="star",
        concepts=(concept("hub"), *map(concept, ids)),
        relations=tuple(make(item) for item in ids),
    )


def random_graph(seed: int) -> ConceptGraph:
    """Thirty concepts with relations drawn at random."""
    chance = Random(seed)
    ids = [f"c{number:02}" for number in range(30)]
    pairs = [(one, other) for number, one in enumerate(ids) for other in ids[number + 1 :]]
    relations: list[Relation] = []
    for one, other in chance.sample(pairs, 90):
        weight = chance.choice((1.0, 0.5, 0.3))
        make = chance.choice((needs, needs, like, part_of))
        relations.append(part_of(one, other) if make is part_of else make(other, one, weight))
    names = [chance.choice(NAMES) for _ in ids]
    concepts = tuple(concept(item, name=name) for item, name in zip(ids, names, strict=True))
    return ConceptGraph(name="random", concepts=concepts, relations=tuple(relations))
