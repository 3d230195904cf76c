"""Answers of the simulated server: the smallest document of the schema that was sent, sensible where that is cheap.

Enumerations take their first value, arrays as few items as they may have, texts the words that the prompt shows for
the evidence that stands beside them (`[id] words`), or a sentence that fits the pattern. The same request is always
answered alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

Schema = Mapping[str, Any]
PHRASES = (
    "Which values does the loop variable take in the first round?",
    "What does the program give for the smallest input?",
    "yes",
    "0",
    "a",
)
"""Tried in this order where a text has to fit a pattern."""
_EVIDENCE = re.compile(r"^\[([^\]\s]+)\] (.+)$", re.MULTILINE)
_LINE = re.compile(r"^line:(\d+)$")


class NoAnswer(ValueError):
    """The schema has no document that this server could make up."""


def answer_to(payload: Mapping[str, Any]) -> str:
    """The text that answers a request of OpenAI's chat completions.

    Raises:
        NoAnswer: It cannot be answered; tells why.
    """
    messages: object = payload.get("messages")
    if not isinstance(messages, list) or not messages:
        raise NoAnswer("messages: a list with at least one message is needed")
    shown = _shown(cast("list[object]", messages))
    schema = _schema(payload)
    if schema is None:
        return "I am a simulated model: I keep a token rate and know nothing."
    return json.dumps(_instance(schema, shown, ()), ensure_ascii=False)


def _schema(payload: Mapping[str, Any]) -> Schema | None:
    """The JSON schema of a request, wherever servers take it."""
    wanted: Any = payload.get("response_format")
    if isinstance(wanted, dict):
        kind: object = cast("Schema", wanted).get("type")
        if kind == "json_schema":
            found = cast("Schema", wanted).get("json_schema")
            if isinstance(found, dict) and isinstance(cast("Schema", found).get("schema"), dict):
                return cast("Schema", found)["schema"]
            raise NoAnswer("response_format: json_schema.schema is missing")
        if kind == "json_object":
            return {"type": "object"}
    outputs: Any = payload.get("structured_outputs")
    if isinstance(outputs, dict) and isinstance(cast("Schema", outputs).get("json"), dict):
        return cast("Schema", outputs)["json"]
    return None


def _shown(messages: Sequence[object]) -> dict[str, str]:
    """Evidence of the prompt by id: the last mention counts, so that an example in the system prompt does not."""
    found: dict[str, str] = {}
    for message in messages:
        content: object = cast("Schema", message).get("content") if isinstance(message, dict) else None
        if isinstance(content, list):
            parts = [cast("Schema", part) for part in cast("list[object]", content) if isinstance(part, dict)]
            content = "\n".join(str(part.get("text", "")) for part in parts)
        if isinstance(content, str):
            found |= dict(_EVIDENCE.findall(content))
    return found


def _instance(schema: Schema, shown: Mapping[str, str], path: tuple[str, ...]) -> Any:
    for keyword in ("anyOf", "oneOf"):
        if schema.get(keyword):
            return _instance(schema[keyword][0], shown, path)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return _choice(schema["enum"], path)
    kind: Any = schema.get("type")
    if isinstance(kind, list):
        kind = cast("list[str]", kind)[0]
    if kind == "object" or "properties" in schema:
        return _object(schema, shown, path)
    if kind == "array":
        count = int(schema.get("minItems") or 0)
        return [_instance(schema.get("items") or {}, shown, path) for _ in range(count)]
    if kind == "string":
        return _text(schema, shown, path)
    if kind in ("integer", "number"):
        return _number(schema, shown, path)
    if kind == "boolean":
        return True
    if kind == "null":
        return None
    if not schema:
        return "a"
    raise NoAnswer(f"{'.'.join(path) or 'schema'}: this server makes up nothing for {sorted(schema)}")


def _object(schema: Schema, shown: Mapping[str, str], path: tuple[str, ...]) -> dict[str, Any]:
    properties: Mapping[str, Schema] = schema.get("properties") or {}
    wanted = [name for name in properties if name in (schema.get("required") or properties)]
    made = {name: _instance(properties[name], shown, (*path, name)) for name in wanted if name != "text"}
    if "text" in wanted:  # last, for it says what the evidence beside it says
        cited = [item for item in made.get("evidence") or () if item in shown]
        known = {item: shown[item] for item in cited} or shown
        made["text"] = "" if "fact" in made else _instance(properties["text"], known, (*path, "text"))
    return {name: made[name] for name in wanted}


def _choice(values: Sequence[Any], path: tuple[str, ...]) -> Any:
    if not values:
        raise NoAnswer(f"{'.'.join(path)}: the enumeration is empty")
    return values[0]


def _text(schema: Schema, shown: Mapping[str, str], path: tuple[str, ...]) -> str:
    most = int(schema.get("maxLength", 10_000))
    candidates = [words for words in shown.values() if len(words) <= most]
    candidates += [words[:most] for words in shown.values()]
    pattern, least = schema.get("pattern"), int(schema.get("minLength") or 0)
    if pattern is not None:
        candidates = [*PHRASES]
    for text in [*candidates, *PHRASES, "a" * least]:
        if least <= len(text) <= most and (pattern is None or re.search(pattern, text)):
            return text
    raise NoAnswer(f"{'.'.join(path)}: this server knows no text that fits {pattern!r}")


def _number(schema: Schema, shown: Mapping[str, str], path: tuple[str, ...]) -> int | float:
    """A line for what is called so, otherwise the smallest number allowed."""
    least: int | float = schema.get("minimum", 0)
    most: int | float = schema.get("maximum", least + 1)
    if path[-1:] == ("line",):
        for identifier in shown:
            found = _LINE.match(identifier)
            if found and least <= int(found.group(1)) <= most:
                return int(found.group(1))
    return least
