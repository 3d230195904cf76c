"""A concept graph as one JSON file: what `gradatim kg build` writes, and what a gold standard is.

`{"concepts": [{"name", "aliases"}], "edges": [{"source", "target", "type"}]}` and further keys. An edge's ends are
names of concepts; its direction is that of `gradatim.kg.schema.Relation`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gradatim.errors import InputError
from gradatim.kg.lexicon import name_key
from gradatim.kg.schema import RelationType, Text

Confidence = Annotated[float, Field(ge=0.0, le=1.0)]
Standing = Literal["proposed", "accepted", "edited"]
"""Whether a person has looked at an item, and what they did with it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class FileConcept(_Part):
    """A concept, and where it came from."""

    name: Text
    aliases: tuple[Text, ...] = ()
    confidence: Confidence | None = None
    sentence: str | None = None
    """The sentence it rests on, the one that says most about it."""
    place: str | None = None
    """Where that sentence stands."""
    mentions: int | None = None
    """How often the course names it."""
    standing: Standing = "proposed"


class FileEdge(_Part):
    """A relation between two concepts, and the sentence it rests on."""

    source: Text
    target: Text
    type: RelationType
    confidence: Confidence | None = None
    sentence: str | None = None
    place: str | None = None
    standing: Standing = "proposed"


class FileSource(_Part):
    """A document that the graph was built from."""

    name: str
    digest: str


class FileSkipped(_Part):
    """A document that could not be read."""

    name: str
    reason: str


class Doubtful(_Part):
    """Items that are not in the graph because they are just below the threshold: for people to look at."""

    concepts: tuple[FileConcept, ...] = ()
    edges: tuple[FileEdge, ...] = ()


class GraphFile(_Part):
    """A whole file. Unknown keys are kept."""

    name: str = "graph"
    documents: tuple[FileSource, ...] = ()
    skipped: tuple[FileSkipped, ...] = ()
    concepts: tuple[FileConcept, ...]
    edges: tuple[FileEdge, ...] = ()
    doubtful: Doubtful = Doubtful()
    thresholds: dict[str, float] = {}
    """Confidence from which an item entered the graph: of `concept`, and of each type of relation."""

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all.

        Raises:
            InputError: It cannot be written there.
        """
        text = json.dumps(self.model_dump(mode="json", exclude_none=True), ensure_ascii=False, indent=1)
        part = path.with_name(f"{path.name}.part")
        try:
            part.write_text(text + "\n", encoding="utf-8")
            part.replace(path)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise InputError(
                f"cannot be written: {error.strerror or error}", place=str(path), remedy="name another file"
            ) from error


def read_graph_file(path: Path) -> GraphFile:
    """A graph file whose edges have both ends among its concepts.

    Raises:
        InputError: It cannot be read, is no JSON, or says something impossible; names the place in the file.
    """
    try:
        data: object = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", place=str(path), remedy="name a file") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", place=str(path), remedy="save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"is not valid JSON: {error}", place=f"{path}{line}", remedy="correct the file") from error
    if not isinstance(data, dict):
        raise InputError("has to hold an object with the keys concepts and edges", place=str(path))
    try:
        graph = GraphFile.model_validate(cast("Mapping[str, Any]", data))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise InputError(f"{where}: {first['msg']}", place=str(path), remedy="correct the file") from error
    names = {name_key(name) for concept in graph.concepts for name in (concept.name, *concept.aliases)}
    for number, edge in enumerate(graph.edges):
        for end, name in (("source", edge.source), ("target", edge.target)):
            if name_key(name) not in names:
                raise InputError(
                    f"edges.{number}.{end}: {name!r} is not the name of a concept",
                    place=str(path),
                    remedy="list it under concepts, or correct the name",
                )
    return graph
