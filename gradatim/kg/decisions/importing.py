"""Decisions that were made elsewhere: by another tool, or by another person on a copy of the graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gradatim.errors import GradatimError, InputError
from gradatim.kg.decisions.applying import applied
from gradatim.kg.decisions.doubts import item_key
from gradatim.kg.decisions.editing import check
from gradatim.kg.decisions.log import append, json_object, wrong_line
from gradatim.kg.decisions.names import find_concept, known_concept
from gradatim.kg.decisions.records import ConceptDecision, Decision, Made, Undo, completed, parse_decision
from gradatim.kg.decisions.session import Session
from gradatim.kg.graphfile import FileConcept, FileEdge, GraphFile


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file of decisions."""

    added: tuple[Decision, ...]
    known: int
    """Lines that were kept before."""
    refused: tuple[tuple[str, str], ...]
    """Place of a line, and why it was not taken."""


def import_decisions(session: Session, path: Path) -> Imported:
    """Take over decisions from a file, as `gradatim kg validate` writes it.

    A line may leave out `id`, `at`, `by`, `sentence`, `place` and `confidence`; they are filled in. What cannot be
    carried out in this graph is refused; the other lines are kept, all at once.

    Raises:
        InputError: The file cannot be read, a line of it is no decision (nothing is kept then), or none of them is
            about this graph.
        StorageError: They cannot be kept.
    """
    known = {line.id: line for line in session.log.decisions}
    graph = session.graph
    added: list[Decision] = []
    refused: list[tuple[str, str]] = []
    repeated = 0
    for place, line in list(_lines(path, session.by)):
        if line.id in known:
            repeated += 1
            continue
        try:
            if isinstance(line, Undo):
                _check_undo(line, known)
            else:
                line = _filled(line, session.built, graph)
                check(graph, line, known.values())
        except GradatimError as error:
            refused.append((place, str(error)))
            continue
        known[line.id] = line
        added.append(line)
        if isinstance(line, Undo) or line.verdict != "reject":
            graph = applied(session.built, known.values()).graph
    if refused and not added and not repeated:
        raise InputError(
            f"no decision of it can be carried out in this graph; the first: {refused[0][1]}",
            place=refused[0][0],
            remedy="give decisions about this graph",
        )
    if added:
        append(session.path, added)
        session.refresh()
    return Imported(tuple(added), repeated, tuple(refused))


def _lines(path: Path, by: str) -> Iterator[tuple[str, Decision]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", place=str(path), remedy="name a file") from error
    now = datetime.now(UTC)
    for number, line in enumerate(data.split(b"\n"), 1):
        place = f"{path}:{number}"
        if line.strip():
            try:
                yield place, parse_decision(completed(json_object(line, place), by, now))
            except ValidationError as error:
                raise wrong_line(error, place) from error


def _check_undo(line: Undo, known: dict[str, Decision]) -> None:
    if isinstance(known.get(line.of), Undo | None):
        raise InputError("takes back a decision that is not there", place=f"of {line.of!r}")


def _filled(decision: Made, built: GraphFile, now: GraphFile) -> Made:
    """A decision with what the graph knows of its item.

    Raises:
        InputError: The graph has no such concept.
    """
    concepts = [concept for graph in (now, built) for concept in (*graph.concepts, *graph.doubtful.concepts)]
    item: FileConcept | FileEdge | None
    if isinstance(decision, ConceptDecision):
        item = find_concept(concepts, decision.item.name) or known_concept(concepts, decision.item.name)
    else:
        known_concept(concepts, decision.item.source)
        known_concept(concepts, decision.item.target)
        if decision.became is not None:
            known_concept(concepts, decision.became.source)
            known_concept(concepts, decision.became.target)
        item = _edge(decision, now) or _edge(decision, built)
    if item is None:
        return decision
    missing: dict[str, Any] = {
        field: getattr(item, field)
        for field in ("sentence", "place", "confidence", "mentions")
        if getattr(decision, field, True) is None and getattr(item, field, None) is not None
    }
    return decision.model_copy(update=missing) if missing else decision


def _edge(decision: Made, graph: GraphFile) -> FileEdge | None:
    if isinstance(decision, ConceptDecision):
        return None
    item = decision.item
    return next((edge for edge in (*graph.edges, *graph.doubtful.edges) if item_key(edge) == item.key), None)
