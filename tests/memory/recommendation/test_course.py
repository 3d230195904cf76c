from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.kg import ConceptGraph
from gradatim.memory.propagation.plan import Floats
from gradatim.memory.recommendation import Course, closure
from gradatim.memory.tracing import BKTParameters, ConceptParameters
from tests.memory.propagation.material import graph, graphs


def mastery_of(course: Course, **values: float) -> Floats:
    return np.array([values.get(name, 0.25) for name in course.concepts])


def test_only_what_is_asked_for_and_what_it_needs() -> None:
    made = graph(("a", "b"), ("b", "c"), ("a", "d"))
    assert closure(made, ["c"]) == {"a", "b", "c"}
    assert set(Course.of(made, only=["c"]).concepts) == {"a", "b", "c"}
    assert set(Course.of(made).concepts) == {"a", "b", "c", "d"}
    with pytest.raises(InputError, match="concept 'nowhere'"):
        Course.of(made, only=["nowhere"])


def test_parameters_stand_in_the_order_of_the_concepts() -> None:
    source = ConceptParameters({"b": BKTParameters(learn=0.5, prior=0.1)})
    course = Course.of(graph(("a", "b")), parameters=source)
    assert course.concepts == ("a", "b")
    assert course.learn.tolist() == [0.12, 0.5]
    assert course.prior.tolist() == [0.25, 0.1]


def test_ready_when_every_prerequisite_is_met() -> None:
    course = Course.of(graph(("a", "c"), ("b", "c"), ("c", "d")))
    mastery = np.stack([mastery_of(course, a=0.9, b=0.69), mastery_of(course, a=0.9, b=0.7)])
    ready = course.ready(mastery, 0.7)
    assert [set(np.array(course.concepts)[row]) for row in ready] == [{"a", "b"}, {"a", "b", "c"}]


def test_who_masters_a_concept_masters_what_it_needs() -> None:
    course = Course.of(graph(("a", "b"), ("b", "c"), ("x", "c"), ("c", "d")))
    observed = np.array([name in {"c", "x"} for name in course.concepts])
    surmised = dict(
        zip(course.concepts, course.surmised(mastery_of(course, c=0.9, x=0.3), observed).tolist(), strict=True)
    )
    # x was observed not to be mastered, which stands; d comes after c and does not follow from it
    assert surmised == {"a": 0.9, "b": 0.9, "c": 0.9, "x": 0.3, "d": 0.25}


@given(graphs(), st.data())
@settings(max_examples=40)
def test_what_is_surmised_is_never_less_and_keeps_what_was_seen(made: ConceptGraph, data: st.DataObject) -> None:
    course = Course.of(made)
    size = len(course.concepts)
    mastery = np.array(data.draw(st.lists(st.floats(0.0, 1.0), min_size=size, max_size=size)))
    observed = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    surmised = course.surmised(mastery, observed)
    assert (surmised >= mastery).all()
    assert (surmised[observed] == mastery[observed]).all()
    assert (surmised <= 1.0).all()


def test_needed_by() -> None:
    course = Course.of(graph(("a", "b"), ("b", "c"), ("x", "y")))
    needed = np.array(course.concepts)[course.needed_by(course.plan.places["c"])]
    assert set(needed) == {"a", "b", "c"}
