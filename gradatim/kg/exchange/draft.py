"""What a reader found in a file, before it is a concept graph: plain values, each with the place where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from pydantic import ValidationError

from gradatim.domain import Noun
from gradatim.kg.exchange.limits import MAX_TEXT, long_texts
from gradatim.kg.schema import Concept, ConceptGraph, Misconception, Relation, Topic
from gradatim.kg.validation import InconsistentGraph, Places, Problem, validate

N = TypeVar("N", bound=Noun)

_REPORTED = 50
"""Problems that are listed; a file of another kind would give one for each of its lines."""
_SHOWN = 60
"""Characters of a wrong value that are shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that should be a topic, a concept, a relation or a misconception."""

    values: Mapping[str, object]
    place: str


@dataclass(slots=True)
class Draft:
    """Everything that was found in a file."""

    name: str
    topics: list[Entry] = field(default_factory=list[Entry])
    concepts: list[Entry] = field(default_factory=list[Entry])
    relations: list[Entry] = field(default_factory=list[Entry])
    misconceptions: list[Entry] = field(default_factory=list[Entry])
    problems: list[Problem] = field(default_factory=list[Problem])
    """What the reader itself had to object to."""


def assemble(draft: Draft) -> ConceptGraph:
    """The graph that a draft describes.

    Raises:
        InconsistentGraph: It describes none; with the place of every problem.
    """
    problems = list(draft.problems)
    topics, topic_places = _nouns(Topic, draft.topics, "topic", problems)
    concepts, concept_places = _nouns(Concept, draft.concepts, "concept", problems)
    relations, relation_places = _nouns(Relation, draft.relations, "relation", problems)
    misconceptions, misconception_places = _nouns(Misconception, draft.misconceptions, "misconception", problems)
    problems.extend(_twice(topics, topic_places))
    name = draft.name.encode("utf-8", "replace").decode("utf-8")  # JSON can hold halves of characters
    graph = ConceptGraph(
        name=name, topics=topics, concepts=concepts, relations=relations, misconceptions=misconceptions
    )
    unreadable = {str(entry.values.get("id")) for entry in draft.concepts} - {concept.id for concept in concepts}
    places = Places(concept_places, relation_places, misconception_places)
    problems.extend(validate(graph, places, elsewhere=unreadable, warnings=False))
    if problems:
        raise InconsistentGraph(_some(problems), name=draft.name)
    return graph


def text_list(text: str) -> list[object]:
    """The texts of a cell that holds a JSON list; an empty cell holds none. Anything else is one text."""
    if not text.strip():
        return []
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return [text]
    return cast("list[object]", found) if isinstance(found, list) else [text]


def _nouns(
    kind: type[N], entries: list[Entry], what: str, problems: list[Problem]
) -> tuple[tuple[N, ...], tuple[str, ...]]:
    nouns: list[N] = []
    places: list[str] = []
    for number, entry in enumerate(entries, 1):
        try:
            noun = kind.model_validate(entry.values)
        except ValidationError as error:
            name = entry.values.get("id")
            label = f"{what} {_shown(name) if isinstance(name, str) else f'number {number}'}"
            problems.extend(_explain(error, entry.place, label))
            continue
        long = next(long_texts(noun), None)
        if long is not None:
            problems.append(Problem(entry.place, f"{what}: {long} is longer than {MAX_TEXT:,} characters"))
            continue
        nouns.append(noun)
        places.append(entry.place)
    return tuple(nouns), tuple(places)


def _twice(topics: tuple[Topic, ...], places: tuple[str, ...]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for topic, place in zip(topics, places, strict=True):
        if topic.id in first:
            yield Problem(place, f"topic {topic.id}: the id is used twice, first at {first[topic.id]}")
        first.setdefault(topic.id, place)


def _some(problems: list[Problem]) -> list[Problem]:
    left = len(problems) - _REPORTED
    return [*problems[:_REPORTED], Problem("…", f"and {left:,} more")] if left > 1 else problems


def _explain(error: ValidationError, place: str, label: str) -> Iterator[Problem]:
    for found in error.errors(include_url=False):
        where = ".".join(str(step) for step in found["loc"])
        match found["type"]:
            case "missing":
                message = f"{where!r} is missing"
            case "extra_forbidden":
                message = f"unknown key {where!r}"
            case "string_pattern_mismatch":
                message = f"{where} {_shown(found['input'])} has to be lower-case words, digits and single hyphens"
            case "value_error":
                message = str(found["ctx"]["error"]) if "ctx" in found else found["msg"]
            case _:
                message = f"{where}: {found['msg'][:1].lower()}{found['msg'][1:]}, not {_shown(found['input'])}"
        yield Problem(place, f"{label}: {message}")


def _shown(value: object) -> str:
    text = repr(value[: _SHOWN + 1]) if isinstance(value, str) else str(type(value).__name__)
    if isinstance(value, (int, float, bool)) or value is None:
        text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
