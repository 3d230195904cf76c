"""JSON schemas and the JSON that models answer with."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from pydantic import BaseModel, ValidationError

JsonSchema = dict[str, Any]
SchemaLike = type[BaseModel] | Mapping[str, Any]

NAMED = ("properties", "$defs", "patternProperties", "dependentSchemas")
"""Keywords whose keys are names, not keywords."""
_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)


class NotJson(ValueError):
    """A text holds no JSON document, or one that does not fit; the message is fit to show to a model."""


def json_schema(schema: SchemaLike) -> JsonSchema:
    """The JSON schema of a pydantic model or of a schema given as data, without what only people read.

    Objects whose schema does not say otherwise take no further properties, so that a grammar made from it
    ends.
    """
    plain = schema.model_json_schema() if isinstance(schema, type) else dict(schema)
    return cast("JsonSchema", _closed(plain))


def _closed(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, Mapping):
        mapping = cast("Mapping[str, Any]", node)
        if names:  # keys are the names of properties, not keywords
            return {key: _closed(value) for key, value in mapping.items()}
        result = {
            key: value
            if key in ("enum", "const", "default", "examples")
            else _closed(value, names=key in ("properties", "$defs"))
            for key, value in mapping.items()
            if not (key == "title" and isinstance(value, str))
        }
        if "properties" in result:
            result.setdefault("additionalProperties", False)
        return result
    if isinstance(node, Sequence) and not isinstance(node, str | bytes):
        return [_closed(item) for item in cast("Sequence[Any]", node)]
    return node


def schema_name(schema: SchemaLike) -> str:
    """A name for the schema, as `response_format` wants it."""
    name = schema.__name__ if isinstance(schema, type) else str(schema.get("title", "answer"))
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)[:64] or "answer"


def response_format(schema: SchemaLike) -> dict[str, Any]:
    """The OpenAI `response_format` that asks for JSON of this schema."""
    return {
        "type": "json_schema",
        "json_schema": {"name": schema_name(schema), "schema": json_schema(schema), "strict": True},
    }


def read_json(text: str) -> Any:
    """The JSON document in a model's answer; code fences and talk around it are passed over.

    Raises:
        NotJson: There is none.
    """
    problem: ValueError | None = None
    fence = _FENCE.search(text)
    for candidate in (text, fence.group(1) if fence else None):
        if candidate is not None:
            try:
                return json.loads(candidate)
            except ValueError as error:
                problem = error
    for start in sorted(index for index in (text.find("{"), text.find("[")) if index >= 0):
        try:
            return json.JSONDecoder().raw_decode(text, start)[0]
        except ValueError as error:
            problem = error
    if not text.strip():
        raise NotJson("the answer is empty")
    raise NotJson(f"the answer is not JSON: {problem}")


def fit(value: Any, schema: SchemaLike) -> Any:
    """A JSON document as what the schema describes: a pydantic object, or the document itself.

    Raises:
        NotJson: It does not fit; at most three problems are named.
    """
    if isinstance(schema, type):
        try:
            return schema.model_validate(value)
        except ValidationError as error:
            problems = [
                f"{'.'.join(str(part) for part in item['loc']) or 'answer'}: {item['msg']}"
                for item in error.errors(include_url=False)
            ]
            raise NotJson("; ".join(problems[:3])) from error
    problems = [
        f"{'.'.join(str(part) for part in error.absolute_path) or 'answer'}: {error.message}"
        for error in _validator(json.dumps(schema, sort_keys=True)).iter_errors(value)
    ]
    if problems:
        raise NotJson("; ".join(problem[:200] for problem in problems[:3]))
    return value


@lru_cache(maxsize=64)
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator  # pyright: ignore[reportMissingTypeStubs]

    plain: Any = json.loads(schema)
    _check(json.dumps(_outline(plain), sort_keys=True))
    return Draft202012Validator(plain)


@lru_cache(maxsize=256)
def _check(schema: str) -> None:
    """Refuse what is no JSON schema. It takes tens of milliseconds, a hundred times as long as to check an answer."""
    from jsonschema import Draft202012Validator  # pyright: ignore[reportMissingTypeStubs]

    Draft202012Validator.check_schema(json.loads(schema))


def _outline(node: Any, *, names: bool = False) -> Any:
    """A schema without the values that its being a schema does not hang on: schemas of one kind share an outline."""
    if isinstance(node, Mapping):
        mapping = cast("Mapping[str, Any]", node)
        if names:
            return {key: _outline(value) for key, value in mapping.items()}
        found: dict[str, Any] = {}
        for key, value in mapping.items():
            free = key == "const" or (key == "enum" and isinstance(value, list))
            found[key] = [] if free else _outline(value, names=key in NAMED)
        return found
    if isinstance(node, list):
        return [_outline(item) for item in cast("list[Any]", node)]
    if isinstance(node, int | float) and not isinstance(node, bool) and float(node).is_integer():
        return (node > 0) - (node < 0)  # a bound: its sign matters, and that it is a whole number
    return node
