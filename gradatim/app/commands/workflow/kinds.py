"""`gradatim workflow kinds`: what nodes of a workflow can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gradatim.app.console import emit, out, printable, say, table
from gradatim.app.options import json_option
from gradatim.errors import InputError
from gradatim.graphs.workflow.kinds.kind import Kind
from gradatim.graphs.workflow.kinds.registry import KindRegistry, kinds_of_file, known_kinds
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.types import show


@click.command()
@click.argument("kind", required=False)
@click.option(
    "--from", "file", type=click.Path(path_type=Path), metavar="FILE.py", help="Also the kinds of this Python file."
)
@json_option
def kinds(kind: str | None, file: Path | None, as_json: bool) -> None:
    """List the kinds of nodes, or tell all about one KIND.

    \b
    Exit codes: 0 done; 2 there is no such kind.
    """
    registry = known_kinds()
    if file is not None:
        registry = registry.adding(kinds_of_file(file), str(file))
    for origin, reason in registry.broken.items():
        say(f"{origin} could not be loaded: {reason}")
    if kind is None:
        _list(registry, as_json)
        return
    found = registry.get(kind)
    if found is None:
        raise InputError(f"there is no kind {kind!r}", place="KIND", remedy=did_you_mean(kind, registry.kinds))
    if as_json:
        emit(described(found, registry.origins[kind]))
    else:
        out(printable(_about(found, registry.origins[kind]), lines=True))


def _list(registry: KindRegistry, as_json: bool) -> None:
    if as_json:
        emit({"kinds": [described(item, registry.origins[key]) for key, item in registry.kinds.items()],
              "broken": dict(registry.broken)})  # fmt: skip
        return
    out(table([(item.key, item.summary) for item in registry.kinds.values()]))


def described(kind: Kind, origin: str) -> dict[str, Any]:
    """A kind as JSON."""
    return {
        "kind": kind.key,
        "summary": kind.summary,
        "from": origin,
        "reads": {key: show(item) for key, item in kind.reads.items()},
        "optional": {key: show(item) for key, item in kind.optional.items()},
        "writes": {key: show(item) for key, item in kind.writes.items()},
        "may_write": {key: show(item) for key, item in kind.may_write.items()},
        "parameters": kind.parameters.model_json_schema(by_alias=True).get("properties", {}),
        "asks": kind.asks,
        "prompts": list(kind.prompts),
        "by_parameters": kind.shape is not None,
    }


def _about(kind: Kind, origin: str) -> str:
    lines = [f"{kind.key}: {kind.summary}", f"from {origin}"]
    if kind.asks:
        lines.append("It waits for a person.")
    for title, keys in (
        ("reads", kind.reads), ("reads where it is there", kind.optional), ("writes", kind.writes),
        ("may write", kind.may_write),
    ):  # fmt: skip
        if keys:
            lines += ["", title, table([(key, show(item)) for key, item in keys.items()], indent=2)]
    if kind.shape is not None:
        lines += ["", "What else it reads and writes hangs on its parameters."]
    rows = [
        (
            field.alias or name,
            show(field.annotation),
            "needed" if field.is_required() else f"default {field.get_default(call_default_factory=True)!r}",
        )
        for name, field in kind.parameters.model_fields.items()
    ]
    if rows:
        lines += ["", "parameters (with:)", table(rows, indent=2)]
    if kind.prompts:
        lines += ["", f"prompts (prompts:): {', '.join(kind.prompts)}"]
    return "\n".join(lines)
