"""Decisions of people about a concept graph, as they are written down.

One JSON object a line. A decision names its item as it was, by names as compared (`gradatim.kg.decisions.names.same`),
so that it holds for a graph that is built again; an undo names a decision.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from gradatim.errors import InputError
from gradatim.kg.decisions.names import checked_name, same
from gradatim.kg.graphfile import Confidence, FileConcept, FileEdge
from gradatim.kg.lexicon import Key
from gradatim.kg.schema import RelationType, Text

Verdict = Literal["accept", "edit", "reject"]
ItemKey = tuple[str, Key] | tuple[str, Key, Key]
"""What an item is compared by: `concept` and its name, or a type of relation and its two ends."""


def _nameable(text: str) -> str:
    try:
        return checked_name(text)
    except InputError as error:
        raise ValueError(f"{error.place} {error.message}") from error


Name = Annotated[Text, AfterValidator(_nameable)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class ConceptItem(_Part):
    """A concept, as far as people decide about it."""

    name: Text
    aliases: tuple[Text, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The name, then the aliases."""
        return (self.name, *self.aliases)

    @property
    def key(self) -> ItemKey:
        """What it is compared by."""
        return "concept", same(self.name)


class RelationItem(_Part):
    """A relation; its ends are names of concepts, its direction that of `gradatim.kg.schema.Relation`."""

    source: Text
    target: Text
    type: RelationType

    @property
    def key(self) -> ItemKey:
        """What it is compared by: a similarity is the same seen from either end."""
        source, target = same(self.source), same(self.target)
        if self.type == "similarity":
            source, target = sorted((source, target))
        return self.type, source, target


class _Line(_Part):
    id: Annotated[str, Field(min_length=1, max_length=100)]
    at: AwareDatetime
    by: Name


class _Decision(_Line):
    verdict: Verdict
    sentence: str | None = None
    """What the item rested on when it was decided about."""
    place: str | None = None
    confidence: Confidence | None = None


class ConceptDecision(_Decision):
    """What a person decided about a concept. One that became another concept of the graph is merged into it."""

    kind: Literal["concept"] = "concept"
    item: ConceptItem
    """As it was."""
    became: ConceptItem | None = None
    """As it is after an edit."""
    mentions: int | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        _edit_or_not(self.verdict, self.became)
        if self.became is not None:
            for name in self.became.names:
                if name not in self.item.names:
                    _nameable(name)
        return self


class RelationDecision(_Decision):
    """What a person decided about a relation."""

    kind: Literal["relation"] = "relation"
    item: RelationItem
    became: RelationItem | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        _edit_or_not(self.verdict, self.became)
        for relation in (self.item, self.became):
            if relation is not None and same(relation.source) == same(relation.target):
                raise ValueError("a relation has two different ends")
        return self


class Undo(_Line):
    """A decision taken back by whoever made it."""

    kind: Literal["undo"] = "undo"
    of: str
    """Id of the decision."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell about decisions that were carried out."""

    text: str
    decision: str | None = None
    """Id of the decision that could not be carried out as it stands."""


Made = ConceptDecision | RelationDecision
"""A decision about an item."""
Decision = Annotated[ConceptDecision | RelationDecision | Undo, Field(discriminator="kind")]
"""A line of the file."""
_LINE: TypeAdapter[ConceptDecision | RelationDecision | Undo] = TypeAdapter(Decision)


def _edit_or_not(verdict: Verdict, became: object) -> None:
    if (verdict == "edit") != (became is not None):
        raise ValueError("'became' has to be given with an edit, and with nothing else")


def parse_decision(data: Mapping[str, Any]) -> Decision:
    """A line of the file.

    Raises:
        pydantic.ValidationError: It is none.
    """
    return _LINE.validate_python(dict(data))


def decision_line(decision: Decision) -> bytes:
    """A decision as a line of the file, with its end."""
    plain = decision.model_dump(mode="json", exclude_none=True)
    try:
        return (json.dumps(plain, ensure_ascii=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:  # half a character, which only an escape can write
        return (json.dumps(plain) + "\n").encode("ascii")


def decide(
    item: FileConcept | FileEdge,
    verdict: Verdict,
    by: str,
    became: ConceptItem | RelationItem | None = None,
    *,
    at: datetime | None = None,
) -> Made:
    """A new decision.

    Args:
        item: The item of the graph, as it was shown.
        verdict: What was decided.
        by: Who decided.
        became: The item after an edit.
        at: When; now.

    Raises:
        pydantic.ValidationError: It makes no sense: an edit without a change, a name that is none.
    """
    common: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "at": at or datetime.now(UTC),
        "by": by,
        "verdict": verdict,
        "became": became,
        "sentence": item.sentence,
        "place": item.place,
        "confidence": item.confidence,
    }
    if isinstance(item, FileConcept):
        return ConceptDecision(item=concept_item(item), mentions=item.mentions, **common)
    return RelationDecision(item=relation_item(item), **common)


def undo(decision: Made, by: str, *, at: datetime | None = None) -> Undo:
    """The line that takes a decision back."""
    return Undo(id=uuid.uuid4().hex, at=at or datetime.now(UTC), by=by, of=decision.id)


def concept_item(concept: FileConcept) -> ConceptItem:
    """A concept of the graph as an item."""
    return ConceptItem(name=concept.name, aliases=concept.aliases)


def relation_item(edge: FileEdge) -> RelationItem:
    """A relation of the graph as an item."""
    return RelationItem(source=edge.source, target=edge.target, type=edge.type)


def completed(data: Mapping[str, Any], by: str, now: datetime) -> dict[str, Any]:
    """A line made elsewhere, with what another tool need not know: who, when, and an id made of the rest.

    The same line always gets the same id, so that a file that is handed in twice counts once.
    """
    told = {"by": by, **data}
    text = json.dumps({key: told[key] for key in sorted(told)}, sort_keys=True, default=str)
    return {"id": hashlib.sha256(text.encode()).hexdigest()[:32], "at": now, **told}
