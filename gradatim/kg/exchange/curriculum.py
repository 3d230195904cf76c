"""A concept graph as a folder of curriculum files, as a person would write them."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from gradatim.errors import InputError
from gradatim.kg.loading import load_curriculum
from gradatim.kg.schema import ConceptGraph, Topic

_WIDTH = 116
_FOLDED = 80
"""Characters above which a line is folded."""


def write_curriculum(graph: ConceptGraph, folder: Path) -> ConceptGraph:
    """Write a folder of YAML files, one a topic, that `load_curriculum` reads.

    It is read again before it takes its place, so that what is there afterwards can be used.

    Args:
        graph: A valid graph. A concept of a topic that is not listed gets one titled by its id.
        folder: Does not exist yet, or is empty; the graph read from it has the folder's name.

    Returns:
        The graph of the folder: the same, under its name.

    Raises:
        InputError: The folder has something in it, or cannot be written.
        InconsistentGraph: The graph cannot be used.
    """
    _require_room(folder)
    name = folder.resolve().name
    graph = ConceptGraph(
        name=name,
        topics=_topics(graph),
        concepts=graph.concepts,
        relations=graph.relations,
        misconceptions=graph.misconceptions,
    )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{name[:100]}-") as held:
            part = Path(held) / name
            part.mkdir()
            for file, text in curriculum_files(graph):
                (part / file).write_text(text, encoding="utf-8", newline="")
            read = load_curriculum(part)
            if read.version != graph.version:
                raise RuntimeError("the files of the curriculum do not say what the graph says")
            if folder.exists():
                folder.rmdir()
            shutil.move(part, folder)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror or error}", place=str(folder), remedy="name a folder of yours"
        ) from error
    return read


def curriculum_files(graph: ConceptGraph) -> Iterator[tuple[str, str]]:
    """Name and text of each file. A misconception stands in the file of its first concept's topic."""
    topics = _topics(graph)
    topic_of = {concept.id: concept.topic for concept in graph.concepts}
    digits = max(2, len(str(len(topics))))
    concepts, misconceptions = _concepts(graph), defaultdict[str, list[dict[str, Any]]](list)
    for item in graph.misconceptions:
        misconceptions[topic_of[item.concepts[0]]].append(item.plain())
    for number, topic in enumerate(topics, 1):
        data = {
            "topic": topic.id,
            "title": topic.title,
            "concepts": concepts[topic.id],
            "misconceptions": misconceptions[topic.id],
        }
        text = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH, indent=2)
        yield f"{number:0{digits}}-{topic.id[:80]}.yaml", text


def _topics(graph: ConceptGraph) -> tuple[Topic, ...]:
    topics = {topic.id: topic for topic in graph.topics}
    for concept in graph.concepts:
        topics.setdefault(concept.topic, Topic(id=concept.topic, title=concept.topic))
    return tuple(topics.values())


def _require_room(folder: Path) -> None:
    try:
        if folder.is_dir() and not any(folder.iterdir()):
            return
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", place=str(folder)) from error
    if folder.exists() or folder.is_symlink():
        raise InputError("is there already, and not empty", place=str(folder), remedy="name a new folder")


def _concepts(graph: ConceptGraph) -> defaultdict[str, list[dict[str, Any]]]:
    links: defaultdict[tuple[str, str], list[object]] = defaultdict(list)
    for edge in graph.relations:
        if edge.type == "prerequisite":
            owner, other, key = edge.target, edge.source, "prerequisites"
        else:
            owner, other, key = edge.source, edge.target, "similar" if edge.type == "similarity" else "parents"
        links[owner, key].append(other if edge.weight == 1.0 else {"concept": other, "weight": edge.weight})
    by_topic: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for concept in graph.concepts:
        plain = _stated(concept.plain())
        topic = plain.pop("topic")
        if "counterexample" in plain:
            wrong = _stated(plain["counterexample"])
            plain["counterexample"] = {key: text for key, text in wrong.items() if text}
        relations = {key: links[concept.id, key] for key in ("prerequisites", "similar", "parents")}
        by_topic[topic].append({**plain, **{key: found for key, found in relations.items() if found}})
    return by_topic


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, [])}


class _Dumper(yaml.SafeDumper):
    """Writes programs and paragraphs as blocks, short lists on one line."""

    def ignore_aliases(self, data: Any) -> bool:  # a part that is used again would be a problem to the reader
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(_: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if _is_block(text):
        style = "|"
    elif not text.replace("\n", "").isprintable():
        style = '"'  # the other styles let some control characters pass for ends of lines
    else:
        style = ">" if _is_paragraph(text) else None
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style)


def _is_block(text: str) -> bool:
    """Whether a literal block gives exactly this text back."""
    lines = text.split("\n")
    return len(lines) > 1 and bool(lines[0].strip()) and text.replace("\n", "").replace("\t", "").isprintable()


def _is_paragraph(text: str) -> bool:
    """Whether it is one long line that can be folded."""
    return len(text) > _FOLDED and text.isprintable() and text == text.strip()


def _sequence(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.SequenceNode:
    short = all(isinstance(item, str) or "weight" in item for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=short)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _sequence)
