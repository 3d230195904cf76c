"""One person after another, and decisions from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import InputError, ReviewError
from gradatim.kg.decisions import Session, append, decided, import_decisions, wording
from gradatim.kg.decisions.editing import merged, renamed, turned
from gradatim.kg.decisions.names import find_concept
from gradatim.kg.graphfile import FileConcept, FileEdge
from tests.kg.decisions.cases import GRAPH, concept, edge, names, on_concept, taken_back


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "course.json"
    GRAPH.write(path)
    return path


def first(session: Session) -> FileConcept | FileEdge:
    return session.left()[0].item


def item(session: Session, says: str) -> FileConcept | FileEdge:
    return next(doubt.item for doubt in session.left() if wording(doubt.item) == says)


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_nothing_is_asked_twice_in_this_session_or_the_next(graph: Path) -> None:
    session = Session(graph, "reviewer")
    total = len(session.left())
    seen: list[str] = []
    for verdict in ("accept", "reject", "accept"):
        seen.append(wording(first(session)))
        session.make(first(session), verdict)  # type: ignore[arg-type]
    again = Session(graph, "second reviewer")
    assert not set(seen) & {wording(doubt.item) for doubt in again.left()}
    assert len(again.left()) <= total - 3


def test_a_graph_built_again_asks_nothing_under_another_spelling_name_or_direction(graph: Path) -> None:
    session = Session(graph, "reviewer")
    session.make(item(session, "excursion"), "accept")
    session.make(item(session, "array resembles range"), "reject")
    comp = item(session, "list comp")
    assert isinstance(comp, FileConcept)
    session.make(comp, "edit", merged(session.graph, comp, "list comprehension"))
    built = GRAPH.model_copy(
        update={
            "concepts": (*GRAPH.concepts[:4], concept("Excursions", confidence=0.41), *GRAPH.concepts[4:]),
            "edges": (
                edge("ranges", "list", "similarity", 0.41),
                edge("list comps", "Excursion", "similarity", 0.43),
            ),
            "doubtful": type(GRAPH.doubtful)(),
        }
    )
    built.write(graph)
    again = Session(graph, "reviewer")
    left = {wording(doubt.item) for doubt in again.left()}
    assert left == {"generator", "list comprehension resembles Excursions"}


def test_undo_goes_back_through_ones_own_decisions_of_all_sessions(graph: Path) -> None:
    session = Session(graph, "reviewer")
    made = [session.make(first(session), "accept") for _ in range(3)]
    other = Session(graph, "second reviewer")
    other.make(first(other), "reject")
    again = Session(graph, "reviewer")
    for decision in reversed(made):
        assert again.undo() == decision
        assert wording(first(again)) == wording(decision.item)
    assert again.undo() is None
    other.refresh()
    assert len(other.left()) == len(again.left())
    assert len(decided(graph)) == 7


def test_what_somebody_else_decides_meanwhile_is_not_asked(graph: Path) -> None:
    mine, theirs = Session(graph, "reviewer"), Session(graph, "second reviewer")
    shown = first(mine)
    theirs.make(shown, "reject")
    mine.make(shown, "accept")
    (conflict,) = mine.conflicts()
    assert (conflict.earlier.by, conflict.later.by) == ("second reviewer", "reviewer")
    theirs.refresh()
    assert theirs.conflicts() == [conflict]
    assert wording(shown) not in [wording(doubt.item) for doubt in theirs.left()]
    mine.undo()
    assert mine.conflicts() == []


def test_a_refused_circle_asks_about_its_weakest_relation_next(graph: Path) -> None:
    session = Session(graph, "reviewer")
    circle = item(session, "generator is needed before list")
    with pytest.raises(ReviewError, match="circle"):
        session.make(circle, "accept")
    assert decided(graph) == []
    weakest = first(session)
    assert wording(weakest) == "list comprehension is needed before generator"
    session.make(weakest, "reject")
    assert first(session) == circle
    session.make(circle, "accept")
    assert ("generator", "list") in [(found.source, found.target) for found in session.graph.edges]


def test_skipped_items_come_back_in_another_session(graph: Path) -> None:
    session = Session(graph, "reviewer")
    doubt = session.left()[0]
    session.skip(doubt)
    assert doubt.key not in [other.key for other in session.left()]
    assert Session(graph, "reviewer").left()[0] == doubt


@pytest.mark.parametrize("by", ["", "  ", "re\x07viewer"])
def test_who_decides_needs_a_name(graph: Path, by: str) -> None:
    with pytest.raises(InputError, match="--by"):
        Session(graph, by)


# ---------------------------------------------------------------------------------------------- from elsewhere


def test_a_short_line_is_filled_in_and_counts_once(graph: Path, tmp_path: Path) -> None:
    session = Session(graph, "reviewer")
    file = lines(
        tmp_path / "made.jsonl",
        {"kind": "concept", "item": {"name": "Excursions"}, "verdict": "accept"},
        {
            "kind": "relation",
            "item": {"source": "ranges", "target": "loop", "type": "prerequisite"},
            "verdict": "reject",
        },
    )
    imported = import_decisions(session, file)
    assert (len(imported.added), imported.known, imported.refused) == (2, 0, ())
    first_line, second_line = decided(graph)
    assert (first_line.by, first_line.confidence, first_line.mentions) == ("reviewer", 0.39, 2)  # type: ignore[union-attr]
    assert second_line.sentence == "Know a range before a loop."  # type: ignore[union-attr]
    again = import_decisions(session, file)
    assert (len(again.added), again.known) == (0, 2)
    assert "excursion" in names(session.graph)


def test_decisions_of_another_person_on_a_copy_come_over_with_their_undos(graph: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "course.json"
    copy.parent.mkdir()
    GRAPH.write(copy)
    theirs = Session(copy, "second reviewer")
    theirs.make(first(theirs), "accept")
    theirs.undo()
    theirs.make(first(theirs), "reject")
    mine = Session(graph, "reviewer")
    mine.make(first(mine), "accept")
    imported = import_decisions(mine, copy.with_name("course.decisions.jsonl"))
    assert len(imported.added) == 3
    assert [conflict.later.by for conflict in mine.conflicts()] == ["reviewer"]


def test_what_cannot_be_carried_out_is_refused_with_its_line_and_the_rest_is_kept(graph: Path, tmp_path: Path) -> None:
    relation = {"kind": "relation", "verdict": "accept"}
    file = lines(
        tmp_path / "made.jsonl",
        {"kind": "concept", "item": {"name": "genrator"}, "verdict": "accept"},
        {**relation, "item": {"source": "generator", "target": "list", "type": "prerequisite"}},
        {**relation, "item": {"source": "generator", "target": "tuple", "type": "prerequisite"}},
        {"kind": "undo", "of": "unknown"},
        {"kind": "concept", "item": {"name": "loop"}, "verdict": "accept"},
    )
    imported = import_decisions(Session(graph, "reviewer"), file)
    assert [place.rpartition(":")[2] for place, _ in imported.refused] == ["1", "2", "3", "4"]
    reasons = [reason for _, reason in imported.refused]
    assert "did you mean generator" in reasons[0]
    assert "circle" in reasons[1]
    assert "no such concept" in reasons[2]
    assert len(decided(graph)) == 1


def test_decisions_about_another_graph_are_an_error(graph: Path, tmp_path: Path) -> None:
    file = lines(tmp_path / "made.jsonl", {"kind": "concept", "item": {"name": "photosynthesis"}, "verdict": "accept"})
    with pytest.raises(InputError, match="give decisions about this graph"):
        import_decisions(Session(graph, "reviewer"), file)
    assert decided(graph) == []


def test_one_line_that_is_no_decision_keeps_everything_out(graph: Path, tmp_path: Path) -> None:
    file = lines(tmp_path / "made.jsonl", {"kind": "concept", "item": {"name": "loop"}, "verdict": "accept"}, {"a": 1})
    with pytest.raises(InputError, match=r"made\.jsonl:2: "):
        import_decisions(Session(graph, "reviewer"), file)
    assert decided(graph) == []
    with pytest.raises(InputError, match="cannot be read"):
        import_decisions(Session(graph, "reviewer"), tmp_path / "nowhere.jsonl")


def test_kept_decisions_that_do_not_fit_the_graph_any_more_are_told(graph: Path) -> None:
    session = Session(graph, "reviewer")
    found = find_concept(GRAPH.concepts, "generator")
    assert found is not None
    made = on_concept("generator", "edit", renamed(GRAPH, found, "generator function"))
    append(session.path, [made, taken_back(made)])
    session.make(item(session, "list comprehension is needed before generator"), "edit", turned(GRAPH.edges[3]))
    built = GRAPH.model_copy(
        update={"concepts": GRAPH.concepts[:4], "edges": GRAPH.edges[:3], "doubtful": type(GRAPH.doubtful)()}
    )
    built.write(graph)
    assert any("there is no concept 'generator'" in text for text in Session(graph, "reviewer").told())
