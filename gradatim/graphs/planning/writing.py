"""A workflow as the text of its file: short parts on one line, and the words that each step rests on as comments."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from gradatim.graphs.planning.assembling import Document
from gradatim.graphs.planning.steps import Step

SCHEMA = "https://gradatim.dev/workflow.schema.json"
_LINE = 110
"""Characters from which a node is written on several lines."""


def write(document: Document, instructions: Sequence[str], steps: Sequence[Step]) -> str:
    """The text of a workflow file.

    Args:
        instructions: What it was planned from, told in its first lines.
        steps: With the words that they rest on.
    """
    lines = [f"# yaml-language-server: $schema={SCHEMA}"]
    lines += [f"# Planned from: {_comment(text)}" for text in instructions]
    lines += [f"#   {_described(step)}" for step in steps]
    for key, value in document.items():
        if key == "nodes":
            lines.append("nodes:")
            for name, spec in value.items():
                lines += _node(name, spec)
        elif key == "edges":
            lines.append("edges:")
            for edge in value:
                lines += _edge(edge)
        else:
            lines.append(f"{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _described(step: Step) -> str:
    numbers = "".join(f", {key} {value:g}" for key, value in step.numbers.items())
    chosen = "".join(f", {choice} {' and '.join(options)}" for choice, options in step.chosen.items())
    return f"{'' if step.wanted else 'no '}{step.pattern}{numbers}{chosen}: {_comment(step.words)}"


def _comment(text: str) -> str:
    """A text as one line of a comment; nothing in it can end the comment."""
    return json.dumps(re.sub(r"\s+", " ", text).strip(), ensure_ascii=False)


def _node(name: str, spec: Mapping[str, Any] | None) -> list[str]:
    if not spec:
        return [f"  {name}:"]
    line = f"  {name}: {_flow(spec)}"
    if len(line) <= _LINE:
        return [line]
    return [f"  {name}:", *(f"    {key}: {_flow(value)}" for key, value in spec.items())]


def _edge(edge: Any) -> list[str]:
    if isinstance(edge, str):
        return [f"  - {edge}"]
    lines: list[str] = []
    for source, ways in edge.items():
        lines.append(f"  - {source}:")
        lines += [f"      - {_flow(way)}" for way in ways]
    return lines


def _flow(value: Any) -> str:
    """A value on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=100_000)
    return text.removesuffix("\n").removesuffix("\n...")
