"""What holds whatever people decide."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError, ReviewError
from gradatim.kg.decisions import Decision, Made, applied, apply, decide, undo
from gradatim.kg.decisions.circles import DIRECTED, runs_in_circle
from gradatim.kg.decisions.editing import also_called, check, merged, renamed, retyped, turned, with_end
from gradatim.kg.decisions.names import keys, names_of, same
from gradatim.kg.decisions.records import ConceptItem, RelationItem, decision_line, parse_decision
from gradatim.kg.graphfile import Doubtful, FileConcept, FileEdge, GraphFile, read_graph_file
from gradatim.kg.schema import RelationType
from tests.kg.decisions.cases import START, concept, edge

WORDS = ("list", "loop", "tuple", "range", "file", "class", "method", "value")
KINDS: tuple[RelationType, ...] = ("prerequisite", "similarity", "hierarchical")
shares = st.integers(0, 100).map(lambda number: number / 100)
kinds = st.sampled_from(KINDS)


@st.composite
def graphs(draw: st.DrawFn) -> GraphFile:
    """As builds are: no name twice, no relation twice, no circles."""
    order = draw(st.permutations(WORDS))
    size = draw(st.integers(2, 6))
    named = [
        concept(word, *([order[size + number]] if number < draw(st.integers(0, 2)) else []), confidence=draw(shares))
        for number, word in enumerate(order[:size])
    ]
    kept = draw(st.integers(2, size))
    ends = st.tuples(st.integers(0, kept - 1), st.integers(0, kept - 1)).filter(lambda pair: pair[0] < pair[1])
    pairs = draw(st.dictionaries(ends, st.tuples(kinds, shares, st.booleans()), max_size=8))
    edges = [
        (edge(named[source].name, named[target].name, kind, share), inside)
        for (source, target), (kind, share, inside) in pairs.items()
    ]
    return GraphFile(
        concepts=tuple(named[:kept]),
        edges=tuple(item for item, inside in edges if inside),
        doubtful=Doubtful(
            concepts=tuple(named[kept:]), edges=tuple(item for item, inside in edges if not inside)
        ),
    )  # fmt: skip


@st.composite
def decisions(draw: st.DrawFn, graph: GraphFile, count: int = 6) -> list[Made]:
    """About items of the graph and about others; edits of every kind, also silly ones."""
    words = st.sampled_from(WORDS)
    made: list[Made] = []
    for number in range(draw(st.integers(0, count))):
        at = START + timedelta(minutes=number)
        by = draw(st.sampled_from(("reviewer", "second reviewer")))
        verdict = draw(st.sampled_from(("accept", "edit", "reject")))
        if draw(st.booleans()):
            every = {item.name: item for item in (*graph.concepts, *graph.doubtful.concepts)}
            name = draw(words)
            item: FileConcept = every.get(name) or concept(name)
            became = ConceptItem(name=draw(words), aliases=tuple(draw(st.lists(words, max_size=2))))
            made.append(decide(item, verdict, by, became if verdict == "edit" else None, at=at))
        else:
            first, second = draw(st.lists(words, min_size=2, max_size=2, unique=True))
            third, fourth = draw(st.lists(words, min_size=2, max_size=2, unique=True))
            known: list[FileEdge] = [*graph.edges, *graph.doubtful.edges, edge(first, second, draw(kinds))]
            changed = RelationItem(source=third, target=fourth, type=draw(kinds))
            made.append(
                decide(draw(st.sampled_from(known)), verdict, by, changed if verdict == "edit" else None, at=at)
            )
    return made


@st.composite
def cases(draw: st.DrawFn) -> tuple[GraphFile, list[Made]]:
    graph = draw(graphs())
    return graph, draw(decisions(graph))


def edited(data: st.DataObject, graph: GraphFile, item: FileConcept | FileEdge) -> ConceptItem | RelationItem:
    """An edit as the command offers it."""
    name = data.draw(st.sampled_from((*WORDS, "new", "newer")))
    if isinstance(item, FileConcept):
        return data.draw(st.sampled_from((renamed, also_called, merged)))(graph, item, name)
    way = data.draw(st.sampled_from(("turn", "type", "source", "target")))
    if way == "turn":
        return turned(item)
    return retyped(item, data.draw(kinds)) if way == "type" else with_end(graph, item, way, name)


def session(data: st.DataObject, graph: GraphFile, steps: int) -> list[Made]:
    """What two people decide, one after the other, each about what is left by then; what is refused is not made."""
    made: list[Made] = []
    for number in range(steps):
        now = apply(graph, made)
        items = [*now.concepts, *now.edges, *now.doubtful.concepts, *now.doubtful.edges]
        if not items:
            break
        item = data.draw(st.sampled_from(items))
        verdict = data.draw(st.sampled_from(("accept", "edit", "reject")))
        by = data.draw(st.sampled_from(("reviewer", "second reviewer")))
        with suppress(InputError, ReviewError):
            became = edited(data, now, item) if verdict == "edit" else None
            line = decide(item, verdict, by, became, at=START + timedelta(minutes=number))
            check(now, line, made)
            made.append(line)
    return made


@settings(max_examples=200, deadline=None)
@given(graphs(), st.integers(1, 6), st.data())
def test_applying_twice_changes_nothing_more(graph: GraphFile, steps: int, data: st.DataObject) -> None:
    made = session(data, graph, steps)
    once = apply(graph, made)
    assert apply(once, made) == once


@settings(deadline=None)
@given(graphs(), st.integers(1, 6), st.data())
def test_what_can_be_made_can_be_carried_out(graph: GraphFile, steps: int, data: st.DataObject) -> None:
    assert applied(graph, session(data, graph, steps)).notes == ()


@settings(deadline=None)
@given(cases())
def test_what_comes_out_is_a_graph(case: tuple[GraphFile, list[Made]]) -> None:
    graph = apply(*case)
    names = [same(item.name) for item in (*graph.concepts, *graph.doubtful.concepts)]
    assert len(set(names)) == len(names)
    means = {key: item.name for item in reversed(graph.concepts) for key in keys(names_of(item))}
    means |= {same(item.name): item.name for item in graph.concepts}
    seen: set[object] = set()
    for item in graph.edges:
        ends = means[same(item.source)], means[same(item.target)]
        assert ends[0] != ends[1]
        seen.add((item.type, frozenset(ends) if item.type == "similarity" else ends))
    assert len(seen) == len(graph.edges)
    for kind in DIRECTED:
        assert not runs_in_circle((item.source, item.target) for item in graph.edges if item.type == kind)


@settings(deadline=None)
@given(cases(), st.data())
def test_an_undo_restores_exactly(case: tuple[GraphFile, list[Made]], data: st.DataObject) -> None:
    graph, made = case
    further = data.draw(decisions(graph, 3))
    later = [line.model_copy(update={"at": line.at + timedelta(days=1)}) for line in further]
    undos: list[Decision] = [undo(line, line.by, at=START + timedelta(days=2)) for line in later]
    assert apply(graph, [*made, *later, *undos]) == apply(graph, made)


@settings(deadline=None)
@given(graphs(), st.data())
def test_the_order_of_independent_decisions_does_not_matter(graph: GraphFile, data: st.DataObject) -> None:
    """Accepting and rejecting different items that close no circle."""
    items = [*graph.concepts, *graph.doubtful.concepts, *graph.edges, *graph.doubtful.edges]
    chosen = data.draw(st.lists(st.sampled_from(items), unique_by=id, max_size=8))
    verdicts = [data.draw(st.sampled_from(("accept", "reject"))) for _ in chosen]
    shuffled = data.draw(st.permutations(list(zip(chosen, verdicts, strict=True))))
    straight = [
        decide(item, verdict, "reviewer", at=START + timedelta(minutes=number))
        for number, (item, verdict) in enumerate(zip(chosen, verdicts, strict=True))
    ]
    other = [
        decide(item, verdict, "reviewer", at=START + timedelta(minutes=number))
        for number, (item, verdict) in enumerate(shuffled)
    ]
    assert apply(graph, straight) == apply(graph, other)


@settings(deadline=None)
@given(cases(), st.randoms())
def test_the_order_of_lines_in_the_file_does_not_matter(case: tuple[GraphFile, list[Made]], chance: Random) -> None:
    graph, made = case
    mixed = list(made)
    chance.shuffle(mixed)
    assert apply(graph, mixed) == apply(graph, made)


@settings(max_examples=30, deadline=None)
@given(cases())
def test_decisions_and_graphs_come_back_from_their_files(case: tuple[GraphFile, list[Made]]) -> None:
    graph, made = case
    read = [parse_decision(json.loads(decision_line(line))) for line in made]
    assert read == made
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.json"
        apply(graph, made).write(path)
        assert read_graph_file(path) == apply(graph, made)
