"""`gradatim bench construction`: graphs built from course documents against gold standards.

By default from chapters of the Python tutorial: `scored` was never used to develop the construction, `dev` was. With
`--data`, a folder that holds documents and `gold.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from gradatim.errors import InputError
from gradatim.kg.construction.candidates import candidates
from gradatim.kg.construction.pipeline import default_pipeline
from gradatim.kg.graphfile import read_graph_file
from gradatim.kg.scoring import agreement, read_annotation, score

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

_GOLD = "gold.json"


def construction(request: BenchRequest) -> Figures:
    """F1 of concepts (exact) and of the three relations (relaxed), κ of the annotators, and seconds."""
    if request.data is not None:
        return dict(_scored("", request.data, request.data / _GOLD, request))
    figures: dict[str, str | int | float | bool | None] = {}
    with as_file(files("gradatim.evals") / "construction" / "tutorial") as tutorial:
        for half in ("scored", "dev"):
            figures |= dict(_scored(f"{half}_", tutorial / half, tutorial / f"gold.{half}.json", request))
            figures |= dict(_agreed(f"{half}_", tutorial / "annotations", half))
    return figures


def _scored(prefix: str, documents: Path, gold: Path, request: BenchRequest) -> Iterator[tuple[str, float | int]]:
    if not gold.is_file():
        raise InputError(
            f"there is no {_GOLD}", place=str(documents), remedy="put documents and their gold standard there"
        )
    standard = read_graph_file(gold)
    request.say(f"building a graph from {documents.name}")
    began = perf_counter()
    with TemporaryDirectory(prefix="gradatim-") as folder:
        graph = default_pipeline().build([documents], keep=Path(folder))
        yield f"{prefix}seconds", round(perf_counter() - began, 2)
        began = perf_counter()
        default_pipeline().build([documents], keep=Path(folder))
        yield f"{prefix}seconds_unchanged", round(perf_counter() - began, 2)
    found = score(graph, standard)
    for name, item in (("concepts", found.concepts), *found.relations.items(), ("related", found.untyped)):
        yield f"{prefix}{name}_precision", round(item.precision, 4)
        yield f"{prefix}{name}_recall", round(item.recall, 4)
        yield f"{prefix}{name}_f1", round(item.f1, 4)
        yield f"{prefix}{name}_gold", item.gold


def _agreed(prefix: str, folder: Path, half: str) -> Iterator[tuple[str, float | int]]:
    left, right = (read_annotation(folder / f"{half}.{who}.jsonl") for who in "ab")
    found = agreement(left, right, [candidates(item.text) for item in left])
    yield f"{prefix}segments", found.segments
    yield f"{prefix}concepts_kappa", round(found.concept_kappa, 4)
    yield f"{prefix}relations_kappa", round(found.relation_kappa, 4)
    yield f"{prefix}concepts_agreement_f1", round(found.concept_f1, 4)
    for kind, value in found.relation_f1.items():
        yield f"{prefix}{kind}_agreement_f1", round(value, 4)
