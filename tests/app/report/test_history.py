"""The picture of how mastery grew, inside the page."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET

import pytest

from gradatim.app.report import render_html
from gradatim.domain import LearnerEvent, MasteryChange, Observation
from tests.app.report.factory import assessment
from tests.app.report.test_html import Page


def happened(number: int, concept: str, learner: str = "learner-7") -> LearnerEvent:
    return LearnerEvent(
        id=f"e{number}",
        learner_id=learner,
        kind="submission",
        at=f"2026-03-01T{number // 60:02}:{number % 60:02}:00Z",
        observations=(Observation(concept=concept, correct=number % 3 > 0),),
    )


CHANGES = tuple(MasteryChange(concept=name, before=0.3, after=0.4 + n / 10) for n, name in enumerate("abcdef"))


def test_the_largest_changes_have_a_panel_each() -> None:
    made = assessment(changes=CHANGES)
    source = render_html(made, history=[happened(n, "abcdef"[n % 6]) for n in range(60)])
    read = Page(source)
    ids = read.values("id")
    assert "history" in ids
    assert len(ids) == len(set(ids))
    assert read.values("style") == []
    assert all(link[1:] in ids for link in read.values("xlink:href"))
    (picture,) = re.findall(r'<div class="picture">(.*?)</div>', source, re.DOTALL)
    texts = [element.text for element in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert {"c", "d", "e", "f"} <= set(texts)
    assert not {"a", "b"} & set(texts)


@pytest.mark.parametrize(
    "history",
    [
        [],
        [happened(1, "a")],
        [happened(n, "a", "somebody else") for n in range(9)],
        [happened(n, "x") for n in range(9)],
    ],
)
def test_no_picture_where_there_is_nothing_to_see(history: list[LearnerEvent]) -> None:
    assert 'class="picture"' not in render_html(assessment(changes=CHANGES), history=history)


def test_what_a_concept_is_called_cannot_become_markup() -> None:
    name = '<script>alert("x")</script>'
    made = assessment(changes=(MasteryChange(concept=name, before=0.3, after=0.6),))
    read = Page(render_html(made, history=[happened(n, name) for n in range(5)]))
    assert "script" not in {tag for tag, _ in read.elements}
    assert name[:10] in read.text


def test_the_picture_costs_little() -> None:
    made = assessment(changes=CHANGES)
    history = [happened(n % 1400, "abcdef"[n % 6]).model_copy(update={"id": f"e{n}"}) for n in range(2000)]
    render_html(made, history=history)  # matplotlib is imported
    seconds: list[float] = []
    for given in ([], history):
        began = time.process_time()
        render_html(made, history=given)
        seconds.append(time.process_time() - began)
    assert seconds[1] - seconds[0] < 0.5
