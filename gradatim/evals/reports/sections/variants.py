"""What the variants of an experiment are, as its file says it: a name alone tells a stranger nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from gradatim.evals.experiments.spec import DESCRIPTIONS
from gradatim.evals.reports.document import Cell, Table

_LONG = 200
_SAID = {"base": "the model alone, with an ordinary prompt", "recorded": "nothing is run: what the data set holds"}


def variants(names: Sequence[str], spec: Mapping[str, Any]) -> list[Table]:
    """A table of the variants; none where the experiment's file does not tell of them.

    Args:
        names: Of the variants that have results.
        spec: The experiment's file as plain data; somebody may have edited it.
    """
    told = spec.get("variants")
    if not isinstance(told, Mapping):
        return []
    known = cast("Mapping[Any, Any]", told)
    rows = [(Cell(name), Cell(_said(known[name])[:_LONG])) for name in names if name in known]
    return [Table("The variants", ("variant", "what it is"), tuple(rows), words=True)] if rows else []


def _said(value: Any) -> str:
    if not isinstance(value, Mapping) or not value:
        return "the agents as they are"
    variant = cast("Mapping[Any, Any]", value)
    parts = [str(variant["description"])] if variant.get("description") else []
    if not parts:
        without = variant.get("without") or ()
        listed = cast("Sequence[Any]", without if isinstance(without, list | tuple) else (without,))
        parts += [f"without {part}: {DESCRIPTIONS.get(part, '')}".removesuffix(": ") for part in listed]
        parts += [said for key, said in _SAID.items() if variant.get(key)]
    for key in ("workflow", "treatment"):
        if variant.get(key):
            parts.append(f"{key} {variant[key]}")
    for key in ("parameters", "settings"):
        if isinstance(variant.get(key), Mapping):
            parts += [f"{name} = {given}" for name, given in cast("Mapping[Any, Any]", variant[key]).items()]
    return "; ".join(parts) or "the agents as they are"
