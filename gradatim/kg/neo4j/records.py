"""Nouns as properties of nodes, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from gradatim.domain import Noun
from gradatim.kg.neo4j.errors import GraphSpoilt

N = TypeVar("N", bound=Noun)

_AS_JSON = "_json"
"""Behind the name of a property that holds JSON: nodes have no nested properties."""
OURS = ("graph", "version", "position")
"""Properties of nodes that are not part of the noun."""


def properties(noun: Noun) -> dict[str, Any]:
    """What a node of this noun carries: plain values and lists of texts as they are, the rest as JSON."""
    found: dict[str, Any] = {}
    for key, value in noun.plain().items():
        if isinstance(value, dict):
            found[key + _AS_JSON] = json.dumps(value, ensure_ascii=False)
        elif value is not None:  # a property that is null is no property
            found[key] = value
    return found


def noun(kind: type[N], found: Mapping[str, Any]) -> N:
    """The noun that a node stands for.

    Raises:
        GraphSpoilt: Its properties are not those of such a noun.
    """
    try:
        plain = {
            key.removesuffix(_AS_JSON): json.loads(value) if key.endswith(_AS_JSON) else value
            for key, value in found.items()
            if key not in OURS
        }
        return kind.model_validate(plain)
    except (ValidationError, ValueError, TypeError) as error:
        where = f"{kind.__name__.lower()} {found.get('id')}"
        raise GraphSpoilt(f"the server holds no usable {where}: {error}", remedy="run `gradatim kg push`") from error
