"""Workflow files read: YAML to the model, every value with its line, every mistake told with place and remedy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, ValidationError

from gradatim.errors import InputError, WorkflowError, WorkflowProblem
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.places import Findings, Places
from gradatim.graphs.workflow.places import Path as Place
from gradatim.graphs.workflow.spec import NodeSpec, ParameterSpec, RetrySpec, WaySpec, WorkflowSpec
from gradatim.tools.yamltree import Problems, compose, decode_utf8, describe, line_of, read_limited, scalar_text, tag_of

LIMIT = 500_000
"""Bytes that a workflow file may have."""
DEPTH = 24
"""How deep values may be nested."""
_SYNONYMS = {
    "name": "workflow", "params": "parameters", "args": "with", "config": "with", "foreach": "for_each", "if": "when",
    "condition": "when", "goto": "to", "target": "to", "retries": "retry", "type": "kind", "import": "imports",
    "input": "inputs", "output": "outputs", "steps": "nodes", "max": "at_most", "parallel": "at_once",
}  # fmt: skip


def read_spec(path: Path) -> tuple[WorkflowSpec, Places]:
    """What a workflow file says, with the lines on which it says it.

    Raises:
        WorkflowError: The file cannot be read, is no YAML, or does not hold a workflow; names every line.
    """
    problems = Problems(str(path), InputError)
    with _as_workflow(str(path)):
        text = decode_utf8(read_limited(path, LIMIT, problems), problems)
    return parse_spec(text, str(path))


def parse_spec(text: str, source: str) -> tuple[WorkflowSpec, Places]:
    """What a text says.

    Args:
        source: What stands before line numbers in errors.

    Raises:
        WorkflowError: As for `read_spec`.
    """
    with _as_workflow(source):
        if len(text) > LIMIT:
            raise InputError(f"is larger than {LIMIT:,} bytes", remedy="split it into sub-workflows")
        root = compose(text, Problems(source, InputError))
    lines: dict[Place, int] = {}
    findings = Findings(Places(source, lines))
    if not isinstance(root, yaml.MappingNode):
        lines[()] = line_of(root)
        findings.add((), f"is {describe(root)}, not a mapping", "write `workflow: NAME`, `nodes:` and `edges:`")
        findings.raise_if_any()
    data = _Plain(lines, findings).value(root, ())
    findings.raise_if_any()
    try:
        spec = WorkflowSpec.model_validate(data)
    except ValidationError as error:
        _explain(error, data, findings)
        findings.raise_if_any()
        raise  # an error without a place would be a gap in `_explain`
    return spec, findings.places


class _as_workflow:
    """Turns what reading raises into a `WorkflowError`."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InputError) and not isinstance(error, WorkflowError):
            problem = WorkflowProblem(error.message, error.remedy or "check the file", error.place or self.source)
            raise WorkflowError(self.source, [problem]) from error


class _Plain:
    """Turns YAML nodes into plain data and notes the line of each."""

    def __init__(self, lines: dict[Place, int], findings: Findings) -> None:
        self.lines = lines
        self.findings = findings

    def value(self, node: yaml.Node, path: Place) -> Any:
        self.lines.setdefault(path, line_of(node))
        if len(path) > DEPTH:
            self.findings.add(path, "is nested too deeply", f"use at most {DEPTH} levels")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            items = cast("list[yaml.Node]", node.value)
            return [self.value(item, (*path, index)) for index, item in enumerate(items)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            if not isinstance(key_node, yaml.ScalarNode):
                self.lines[(*path, "?")] = line_of(key_node)
                self.findings.add((*path, "?"), f"{describe(key_node)} stands as a key", "use a word as the key")
                continue
            key = scalar_text(key_node)
            here = (*path, key)
            if key in found:
                first = self.lines[here]
                self.lines[(*here, "again")] = line_of(key_node)
                self.findings.add(
                    (*here, "again"), f"{key!r} is given twice, first on line {first}", "keep one of the two"
                )
                continue
            self.lines[here] = line_of(key_node)
            found[key] = self.value(value_node, here)
        return found

    def _scalar(self, node: yaml.Node, path: Place) -> Any:
        tag, text = tag_of(node), scalar_text(node)
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() in {"true", "yes", "on"}
        if tag in {"int", "float"}:
            return self._number(text, tag, path)
        if tag in {"str", "timestamp", "value", "merge"}:
            return text
        self.findings.add(path, f"has the tag {tag!r}", "leave the tag out: only plain values are read")
        return None

    def _number(self, text: str, tag: str, path: Place) -> Any:
        try:
            number = int(text.replace("_", ""), 10) if tag == "int" else float(text.replace("_", ""))
        except ValueError:
            number = math.nan  # .nan, .inf, 0x10, 1:30
        if not math.isfinite(number):
            self.findings.add(path, f"{text} is not a plain number", "write it in digits, or as text between quotes")
            return None
        return number


def _explain(error: ValidationError, data: Any, findings: Findings) -> None:
    """Tell what pydantic found, each once and at the innermost place."""
    told: dict[Place, list[tuple[str, str]]] = {}
    for item in error.errors(include_url=False, include_context=True):
        told.setdefault(_data_path(item["loc"], data, str(item["type"])), []).append(_said(item, data))
    for path, texts in told.items():
        deeper = any(len(other) > len(path) and other[: len(path)] == path for other in told)
        if not deeper:  # else it is the branch of a union that was not meant, or a list that lacks what is wrong in it
            findings.add(path, *texts[0])


def _data_path(loc: Sequence[str | int], data: Any, kind: str) -> Place:
    """The part of pydantic's location that stands in the data: names of union branches left out."""
    found: list[str | int] = []
    here = data
    for step in loc:
        if isinstance(here, dict) and step in here:
            here = cast("dict[str, Any]", here)[cast(str, step)]
            found.append(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(cast("list[Any]", here)):
            here = cast("list[Any]", here)[step]
            found.append(step)
        elif kind == "missing" and step == loc[-1]:
            found.append(step)
    return tuple(found)


def _said(item: Any, data: Any) -> tuple[str, str]:
    kind, loc = str(item["type"]), cast("tuple[str | int, ...]", item["loc"])
    path = _data_path(loc, data, kind)
    name = str(path[-1]) if path else "the file"
    context = cast("dict[str, Any]", item.get("ctx") or {})
    if kind == "missing":
        return f"{name!r} is missing", f"add `{name}:`"
    if kind == "extra_forbidden":
        known = [field.alias or key for key, field in _model_at(path[:-1]).model_fields.items()]
        guess = _SYNONYMS.get(name.lower())
        remedy = f"did you mean {guess!r}?" if guess in known else did_you_mean(name, known)
        if len(path) == 3 and path[0] in ("nodes", "parameters"):
            if remedy.startswith("known"):
                remedy += f"; if it is one of the {path[0]} itself, indent it as {path[1]!r} is"
            return f"unknown key {name!r} in {path[1]!r}", remedy
        return f"unknown key {name!r}", remedy
    if kind == "string_pattern_mismatch":
        wrong = item.get("input")
        if "$" in str(context.get("pattern", "")) and "\\{" in str(context.get("pattern", "")):
            return f"{wrong!r} is neither a whole number nor `${{parameter}}`", "write a number from 0 to 1000"
        return f"{wrong!r} is not a name", "use letters, digits, _ and -, beginning with a letter, at most 64"
    if kind in {"too_short", "too_long"}:
        return f"{name!r} has {context.get('actual_length')} entries", _bounds(context)
    message = (
        str(item["msg"])
        .replace("Input should be", "has to be")
        .replace("Value error, ", "")
        .replace("a valid tuple", "a list")
    )
    shown = repr(item.get("input"))
    shown = shown if len(shown) <= 40 else f"{shown[:39]}…"
    return f"{name!r} {message[0].lower()}{message[1:]}, not {shown}", _expected(path)


def _bounds(context: Mapping[str, Any]) -> str:
    if "min_length" in context:
        return f"write at least {context['min_length']}"
    return f"write at most {context.get('max_length')}; move parts into a sub-workflow"


def _model_at(path: Place) -> type[BaseModel]:
    """Which model stands at a place of the file."""
    match path:
        case ("nodes", _):
            return NodeSpec
        case ("nodes", _, "retry"):
            return RetrySpec
        case ("parameters", _):
            return ParameterSpec
        case ("edges", _, _, _):
            return WaySpec
        case _:
            return WorkflowSpec


def _expected(path: Place) -> str:
    match path:
        case ("edges", _):
            return "write `a -> b`, or `node:` with a list of ways"
        case ("edges", _, _):
            return "write a list of ways: `- {when: CONDITION, to: NODE}`"
        case ("edges", _, _, _):
            return "write `{when: CONDITION, to: NODE}`"
        case ("nodes", _):
            return "write `{kind: KIND, with: {…}}`, or nothing for the kind of the same name"
        case ("nodes", _, "timeout"):
            return "write seconds, or `model`"
        case ("nodes", _, "retry"):
            return "write the number of tries, from 1 to 10, or `{attempts: 3, wait: 0.5}`"
        case ("parameters", _, "type"):
            return "write `integer`, `number`, `string` or `boolean`"
        case ("inputs",) | ("outputs",) | ("imports",):
            return "write a list: `[one, another]`"
        case ("nodes",):
            return "write `name: {kind: KIND}`, one a line"
        case _:
            return "see docs/workflows.md for what may stand here"
