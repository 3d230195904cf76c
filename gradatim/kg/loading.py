"""Reading a folder of curriculum files, one topic a file, into a concept graph.

A file holds `topic`, `title`, `concepts` and `misconceptions`. A concept's `prerequisites`, `similar` and
`parents` name other concepts of the folder, plainly or as `{concept: id, weight: 0.5}`. Every problem of
every file is collected and given with file and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, ValidationError

from gradatim.domain import Noun
from gradatim.kg.documents import Document
from gradatim.kg.schema import Concept, ConceptGraph, Misconception, Relation, Slug, Text, Topic, Weight
from gradatim.kg.sources import Sources
from gradatim.kg.validation import InconsistentGraph, Places, Problem, validate


def load_curriculum(folder: Path | Traversable) -> ConceptGraph:
    """The concept graph that a folder of curriculum files describes.

    Raises:
        CurriculumError: The folder cannot be read; `InconsistentGraph`, which lists every problem with file
            and line, when its content cannot be used.
    """
    return build_graph(Sources.read(folder))


def build_graph(sources: Sources) -> ConceptGraph:
    """The concept graph of files already read.

    Raises:
        InconsistentGraph: With every problem of every file.
    """
    graph, errors = _build(sources, warnings=False)
    if errors:
        raise InconsistentGraph(errors, name=sources.name)
    return graph


def inspect_curriculum(sources: Sources) -> tuple[ConceptGraph, tuple[Problem, ...]]:
    """What can be read of a curriculum, and everything that is wrong with it, warnings too."""
    return _build(sources, warnings=True)


def _build(sources: Sources, *, warnings: bool) -> tuple[ConceptGraph, tuple[Problem, ...]]:
    reading = _Reading()
    for name, content in sources.files:
        _read_file(f"{sources.name}/{name}", content, reading)
    graph = ConceptGraph(
        name=sources.name,
        topics=tuple(reading.topics.values()),
        concepts=tuple(reading.concepts),
        relations=tuple(reading.relations),
        misconceptions=tuple(reading.misconceptions),
    )
    places = Places(reading.concept_places, reading.relation_places, reading.misconception_places)
    checked = validate(graph, places, elsewhere=reading.unreadable, warnings=warnings)
    found = [*reading.problems, *checked]
    return graph, tuple(sorted(found, key=lambda problem: _order(problem.place)))


def _order(place: str) -> tuple[str, int]:
    """Problems are listed file by file, from top to bottom."""
    file, _, line = place.rpartition(":")
    return file, int(line)


def _as_link(value: object) -> object:
    return {"concept": value} if isinstance(value, str) else value


class _Link(Noun):
    concept: str
    weight: Weight = 1.0


_Links = tuple[Annotated[_Link, BeforeValidator(_as_link)], ...]


class _ConceptEntry(Concept):
    prerequisites: _Links = ()
    similar: _Links = ()
    parents: _Links = ()


class _Header(Noun):
    topic: Slug
    title: Text


@dataclass(slots=True)
class _Reading:
    """What has been read so far; the `_places` lists run parallel to what they belong to."""

    topics: dict[str, Topic] = field(default_factory=dict[str, Topic])
    concepts: list[Concept] = field(default_factory=list[Concept])
    concept_places: list[str] = field(default_factory=list[str])
    relations: list[Relation] = field(default_factory=list[Relation])
    relation_places: list[str] = field(default_factory=list[str])
    misconceptions: list[Misconception] = field(default_factory=list[Misconception])
    misconception_places: list[str] = field(default_factory=list[str])
    unreadable: set[str] = field(default_factory=set[str])
    """Ids of concepts whose entries are wrong: known, so that references to them are not reported as well."""
    problems: list[Problem] = field(default_factory=list[Problem])


def _read_file(name: str, content: bytes, reading: _Reading) -> None:
    try:
        document = Document(content.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reading.problems.append(Problem(f"{name}:{line}", "the file is not UTF-8 text; save it as UTF-8"))
        return
    reading.problems.extend(document.problems)
    if document.is_mapping:
        _read_topic(document.data, document, reading)
    elif not document.problems:
        message = "the file has to hold the keys topic, title, concepts and misconceptions"
        reading.problems.append(Problem(document.place(), message))


def _read_topic(data: dict[str, Any], document: Document, reading: _Reading) -> None:
    rest = {key: value for key, value in data.items() if key not in ("concepts", "misconceptions")}
    topic = ""
    try:
        header = _Header.model_validate(rest)
    except ValidationError as error:
        reading.problems.extend(_explain(error, document, (), "the file"))
    else:
        topic = header.topic
        if topic in reading.topics:
            message = f"topic {topic!r} is already the topic of another file"
            reading.problems.append(Problem(document.place(("topic",)), message))
        reading.topics[topic] = Topic(id=topic, title=header.title)
    for index, entry in _entries(data, "concepts", document, reading):
        _read_concept(entry, ("concepts", index), topic, document, reading)
    for index, entry in _entries(data, "misconceptions", document, reading):
        location = ("misconceptions", index)
        try:
            misconception = Misconception.model_validate(entry)
        except ValidationError as error:
            reading.problems.extend(_explain(error, document, location, f"misconception {_label(entry, index)}"))
            continue
        reading.misconceptions.append(misconception)
        reading.misconception_places.append(document.place(location))


def _entries(
    data: Mapping[str, Any], key: str, document: Document, reading: _Reading
) -> Iterator[tuple[int, dict[str, Any]]]:
    listed = data.get(key)
    if not isinstance(listed, list):
        if listed is not None:
            reading.problems.append(Problem(document.place((key,)), f"{key} has to be a list"))
        return
    for index, entry in enumerate(cast("list[object]", listed)):
        if isinstance(entry, dict):
            yield index, cast("dict[str, Any]", entry)
        else:
            message = f"{key}[{index}] has to be a mapping with an id"
            reading.problems.append(Problem(document.place((key, index)), message))


def _read_concept(
    entry: dict[str, Any], location: tuple[str | int, ...], topic: str, document: Document, reading: _Reading
) -> None:
    try:
        # A file whose header is wrong is reported once; its concepts are read under a stand-in topic.
        read = _ConceptEntry.model_validate({**entry, "topic": topic or "unknown"})
    except ValidationError as error:
        reading.problems.extend(_explain(error, document, location, f"concept {_label(entry, location[-1])}"))
        if isinstance(entry.get("id"), str):
            reading.unreadable.add(entry["id"])
        return
    if "topic" in entry:
        message = f"concept {read.id}: unknown key 'topic' (the topic stands at the head of the file)"
        reading.problems.append(Problem(document.place((*location, "topic")), message))
    reading.concepts.append(Concept(**{name: getattr(read, name) for name in Concept.model_fields}))
    reading.concept_places.append(document.place(location))
    for key, links in (
        ("prerequisites", read.prerequisites),
        ("similar", read.similar),
        ("parents", read.parents),
    ):
        for index, link in enumerate(links):
            reading.relations.append(_relation(key, read.id, link))
            reading.relation_places.append(document.place((*location, key, index)))


def _relation(key: str, concept: str, link: _Link) -> Relation:
    if key == "prerequisites":
        return Relation(source=link.concept, target=concept, type="prerequisite", weight=link.weight)
    kind = "similarity" if key == "similar" else "hierarchical"
    return Relation(source=concept, target=link.concept, type=kind, weight=link.weight)


def _label(entry: Mapping[str, Any], index: str | int) -> str:
    given = entry.get("id")
    return given if isinstance(given, str) else f"number {int(index) + 1}"


def _explain(error: ValidationError, document: Document, location: Sequence[str | int], what: str) -> Iterator[Problem]:
    """The problems pydantic found, in the words of the file."""
    for found in error.errors(include_url=False):
        path = found["loc"]
        where = ".".join(str(step) for step in path)
        match found["type"]:
            case "missing":
                message = f"{where!r} is missing"
            case "extra_forbidden":
                message = f"unknown key {where!r}"
            case _ if found["input"] is None:
                message = f"{where!r} is empty"
            case "string_type":
                message = f"{where} has to be text, not {found['input']!r}; put it in quotes"
            case "string_pattern_mismatch":
                message = f"{where} {found['input']!r} has to be lower-case words, digits and single hyphens"
            case "value_error":
                message = str(found["ctx"]["error"]) if "ctx" in found else found["msg"]
            case _:
                message = f"{where}: {found['msg'][:1].lower()}{found['msg'][1:]}, not {found['input']!r}"
        yield Problem(document.place((*location, *path)), f"{what}: {message}")
