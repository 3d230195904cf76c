from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest

from gradatim.kg import ConceptGraph, packaged_curriculum
from gradatim.kg.drawing import Neighbourhood, neighbourhood
from gradatim.kg.drawing.layout import laid_out
from gradatim.kg.drawing.measuring import text_width
from gradatim.kg.drawing.obstacles import label_area
from gradatim.kg.drawing.picture import Area, Picture
from tests.kg.drawing.graphs import hub, random_graph, star
from tests.kg.graphs import small_graph

_CASES: list[tuple[str, ConceptGraph, str, int]] = [
    ("small", small_graph(), "for-loop", 2),
    ("alone", ConceptGraph(name="alone", concepts=small_graph().concepts[:1]), "statement", 2),
    ("hub", hub(), "hub", 2),
    *((f"star-{kind}", star(kind), "hub", 3) for kind in ("before", "after", "above", "below", "beside")),
    *((f"random-{seed}", random_graph(seed), f"c{seed % 30:02}", 1 + seed % 4) for seed in range(3, 30, 2)),
]
_PACKAGED = (
    "range",
    "function",
    "recursion",
    "list",
    "for-loop",
    "variable",
    "algorithm",
    "built-in-function",
    "hashing",
)


def _pictures() -> Iterator[tuple[str, Neighbourhood]]:
    for name, graph, focus, depth in _CASES:
        yield name, neighbourhood(graph, focus, depth)
    known = {concept.id for concept in packaged_curriculum().concepts}
    for focus in _PACKAGED:
        if focus in known:
            yield focus, neighbourhood(packaged_curriculum(), focus, 2)


_ALL = dict(_pictures())


@pytest.fixture(params=_ALL)
def around(request: pytest.FixtureRequest) -> Neighbourhood:
    return _ALL[request.param]


@pytest.fixture
def picture(around: Neighbourhood) -> Picture:
    return laid_out(around)


def test_boxes_and_labels_do_not_overlap(picture: Picture) -> None:
    for one, other in combinations(picture.boxes, 2):
        assert not one.area.overlaps(other.area, gap=6), (one.key, other.key)
    areas = [box.area for box in picture.boxes]
    for label in picture.labels:
        assert not any(label_area(label).overlaps(area, gap=2) for area in areas), label.text
    for one, other in combinations(picture.labels, 2):
        assert not label_area(one).overlaps(label_area(other))


def test_names_stay_within_their_boxes(picture: Picture) -> None:
    for box in picture.boxes:
        for line in box.lines:
            assert text_width(line, box.font, bold=box.role == "focus") <= box.area.width - 12
        assert len(box.lines) * box.font * 1.25 <= box.area.height - 8


def test_every_concept_has_its_box(picture: Picture, around: Neighbourhood) -> None:
    keys = [box.key for box in picture.boxes if not box.note]
    assert sorted(keys) == sorted(around.members)
    notes = {box.key.removeprefix("more:"): box.lines[0] for box in picture.boxes if box.note}
    assert notes == {role: f"and {count} more" for role, count in around.left_out.items()}


def test_every_relation_is_drawn_once_from_box_to_box(picture: Picture, around: Neighbourhood) -> None:
    drawn = [line.relation for line in picture.lines]
    assert sorted(map(repr, drawn)) == sorted(map(repr, around.relations))
    for line in picture.lines:
        ends = [picture.box(line.relation.source), picture.box(line.relation.target)]
        if line.turned:
            ends.reverse()
        for box, point in zip(ends, (line.points[0], line.points[-1]), strict=True):
            assert box is not None
            assert _on_edge(box.area, point), (line.relation, point, box.area)


def test_lines_pass_no_box_and_no_words(picture: Picture) -> None:
    for line in picture.lines:
        ends = {line.relation.source, line.relation.target}
        for one, other in pairwise(line.points):
            left, top = min(one[0], other[0]), min(one[1], other[1])
            way = Area(left, top, abs(one[0] - other[0]), abs(one[1] - other[1]))
            for box in picture.boxes:
                if box.key not in ends:
                    assert not way.overlaps(box.area), (line.relation, box.key)
            for label in picture.labels:
                assert not way.overlaps(label_area(label)), (line.relation, label.text)


def test_prerequisites_run_from_left_to_right(picture: Picture) -> None:
    for line in picture.lines:
        source, target = picture.box(line.relation.source), picture.box(line.relation.target)
        assert source is not None
        assert target is not None
        if line.relation.type == "prerequisite":
            assert source.area.right < target.area.x
        if target.role == "parent":
            assert target.area.bottom < source.area.y
        if source.role == "child":
            assert target.area.bottom < source.area.y


def _on_edge(area: Area, point: tuple[float, float]) -> bool:
    x, y = point
    inside = area.x - 0.1 <= x <= area.right + 0.1 and area.y - 0.1 <= y <= area.bottom + 0.1
    return inside and (
        min(abs(x - area.x), abs(x - area.right)) < 0.1 or min(abs(y - area.y), abs(y - area.bottom)) < 0.1
    )
