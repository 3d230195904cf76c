"""The nouns of the concept graph (SPEC §3): frozen and JSON-plain."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from gradatim.domain import Noun
from gradatim.kg.categories import is_exception

RelationType = Literal["prerequisite", "similarity", "hierarchical"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""Lower-case words, digits and hyphens."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Code = Annotated[str, StringConstraints(min_length=1)]
Weight = Annotated[float, Field(gt=0.0, le=1.0)]


class Topic(Noun):
    """A chapter of the curriculum."""

    id: Slug
    title: Text


class Counterexample(Noun):
    """A program that gets a concept wrong, and what it really does."""

    code: Code
    """A program that runs on its own and comes to an end."""
    output: str = ""
    """Exactly what `code` prints, up to the exception where there is one."""
    error: str | None = None
    """Name of the built-in exception that ends it; `None` when it runs through and is wrong all the same."""
    why: Text
    """What happens and why; true of this program."""

    @model_validator(mode="after")
    def _behaviour_is_stated(self) -> Self:
        if self.error is None and not self.output:
            raise ValueError("a counterexample needs its 'output', its 'error', or both")
        if self.error is not None and not is_exception(self.error):
            raise ValueError(f"'error' {self.error!r} is not the name of a built-in exception")
        return self


class Concept(Noun):
    """Something to know."""

    id: Slug
    name: Text
    """As a person writes it."""
    aliases: tuple[Text, ...] = ()
    definition: Text
    example: Code | None = None
    """A program that runs on its own."""
    output: str | None = None
    """Exactly what `example` prints."""
    counterexample: Counterexample | None = None
    """How it goes wrong, where that can be shown."""
    topic: Slug
    """Id of the chapter it belongs to."""

    @model_validator(mode="after")
    def _example_with_output(self) -> Self:
        if (self.example is None) != (self.output is None):
            raise ValueError("'example' and 'output' have to be given together")
        return self


class Relation(Noun):
    """A directed edge; `similarity` is symmetric and stands in the graph once.

    `prerequisite`: `source` is needed before `target`. `hierarchical`: `source` is a kind or part of
    `target`.
    """

    source: str
    target: str
    type: RelationType
    weight: Weight = 1.0
    """How strong the relation is."""


class Misconception(Noun):
    """Something untrue that learners believe."""

    id: Slug
    concepts: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of the concepts that it is about."""
    belief: Text
    correction: Text
    """Why it is wrong."""
    looks_like: Code
    """How a program written in this belief looks."""
    evidence: Text
    """What observation of a program shows it."""
    talk: Text
    """How to talk about it without handing over the solution."""
    errors: Annotated[tuple[str, ...], Field(min_length=1)]
    """Error categories in which it shows (see `gradatim.kg.categories`)."""


class ConceptGraph(Noun):
    """A whole graph, as plain data. Its content may be inconsistent: see `gradatim.kg.validation`."""

    name: str
    topics: tuple[Topic, ...] = ()
    concepts: tuple[Concept, ...]
    """In teaching order where the source has one."""
    relations: tuple[Relation, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()

    @cached_property
    def version(self) -> str:
        """Hash of the content: the same for the same graph whatever the order of its parts."""
        plain = self.plain()
        parts = {key: sorted(map(_canonical, plain[key])) for key in plain if key != "name"}
        text = _canonical({"name": self.name, **parts})
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
