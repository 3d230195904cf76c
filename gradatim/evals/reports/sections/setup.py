"""What was run: data, variants, models, seeds, versions, and how much of it is there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from math import prod
from typing import Any, cast

from gradatim.evals.reports.document import Block, Cell, Note, Section, Table
from gradatim.evals.reports.gathering import Gathered, counted_in, named
from gradatim.evals.reports.sections.gain import DESIGN
from gradatim.evals.reports.sections.variants import variants
from gradatim.evals.reports.wording import counted
from gradatim.evals.results import EXPERIMENT, Results

_LONG = 200
_MANY = 8


def setup(gathered: Gathered) -> Section:
    """The section."""
    manifest = gathered.results.manifest
    names = list(gathered.variants) or named(manifest, "variants")
    rows = [
        ("experiment", gathered.name),
        ("data", _data(gathered.results)),
        ("examples", _examples(gathered)),
        ("variants", _listed(names)),
        ("models", _listed(_models(gathered) or named(manifest, "models"))),
        ("seeds", _listed(_seeds(gathered) or named(manifest, "seeds"))),
        ("scorers", _listed(named(manifest, "scorers") or gathered.keys)),
        ("gradatim", str(manifest.get("version", "not told"))),
        ("started", _instant(manifest.get("started"))),
        ("digest", str(manifest.get("digest", "not told"))),
        ("folder", str(gathered.results.folder)),
    ]
    table = Table("The experiment", ("", "value"), tuple((Cell(name), Cell(text)) for name, text in rows), words=True)
    blocks: list[Block] = [table, *variants(names, _spec(gathered.results)), *_completeness(gathered)]
    blocks += [Note(note, "warn") for note in gathered.notes]
    return Section("setup", "What was run", tuple(blocks))


def _completeness(gathered: Gathered) -> list[Block]:
    manifest = gathered.results.manifest
    parts = [counted_in(manifest, key) for key in ("samples", "variants", "models", "seeds")]
    done = sum(len(variant.cells) for variant in gathered.variants.values())
    if not done:
        return [Note("Nothing has been run and scored yet: there are no figures.", "warn")]
    if any(part is None for part in parts):
        return []
    expected = counted_in(manifest, "cells") or prod(part or 1 for part in parts)
    factors = "learners × models × seeds" if gathered.apart else "examples × variants × models × seeds"
    if done < expected:
        return [
            Note(
                f"Not finished: {done:,} of {expected:,} runs ({factors}) have been scored. All figures are of these.",
                "warn",
            )
        ]
    return [Note(f"All {expected:,} runs ({factors}) have been scored.")]


def _data(results: Results) -> str:
    """The data set, as the experiment's file names it."""
    if results.manifest.get("design") == DESIGN:
        told: Any = {"simulated": "learners"} | dict(_mapping(_spec(results).get("cohort")))
    else:
        told = results.manifest.get("data") or _spec(results).get("data")
    if isinstance(told, Mapping):
        named_parts = cast("Mapping[Any, Any]", told)
        return ", ".join(f"{key}: {value}" for key, value in named_parts.items() if value not in (None, {}, []))[:_LONG]
    return str(told)[:_LONG] if told else "not told"


def _spec(results: Results) -> Mapping[str, Any]:
    import yaml

    try:
        with (results.folder / EXPERIMENT).open("rb") as file:
            value: Any = yaml.safe_load(file)
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return {}  # the manifest tells what matters; the file is a courtesy
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _examples(gathered: Gathered) -> str:
    samples = {cell.sample for variant in gathered.variants.values() for cell in variant.cells}
    planned = counted_in(gathered.results.manifest, "cells" if gathered.apart else "samples")
    text = counted(len(samples), "learner" if gathered.apart else "example")
    return f"{text} of {planned:,}" if planned is not None and planned != len(samples) else text


def _models(gathered: Gathered) -> list[str]:
    return sorted({cell.model for variant in gathered.variants.values() for cell in variant.cells})


def _seeds(gathered: Gathered) -> list[str]:
    return [str(n) for n in sorted({cell.seed for v in gathered.variants.values() for cell in v.cells})]


def _listed(names: list[str]) -> str:
    if not names:
        return "not told"
    shown = ", ".join(names[:_MANY])
    return f"{shown} and {len(names) - _MANY} more" if len(names) > _MANY else shown


def _instant(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e11:
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="seconds")
    return str(value) if value else "not told"
