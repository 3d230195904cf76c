from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from gradatim.kg import ConceptGraph, Topic, packaged_curriculum
from gradatim.kg.drawing import draw_page, draw_svg, neighbourhood
from gradatim.kg.schema import Counterexample
from tests.kg.drawing.graphs import hub
from tests.kg.graphs import concept, misconception, needs, small_graph

_SVG = "{http://www.w3.org/2000/svg}"
EVIL = "</title></script><script>alert(1)</script><!--\" onload='x' &amp; ]]> \x00\x1b\u202e\ufffe"


def evil_graph() -> ConceptGraph:
    wrong = Counterexample(code=EVIL, output=EVIL, error="TypeError", why=EVIL)
    bad = concept("bad", EVIL, name=EVIL, definition=EVIL)
    bad = bad.model_copy(update={"example": EVIL, "output": EVIL, "counterexample": wrong})
    belief = misconception("m", ["bad"], ["logical"]).model_copy(
        update=dict.fromkeys(("belief", "correction", "looks_like", "evidence", "talk"), EVIL)
    )
    return ConceptGraph(
        name=EVIL,
        topics=(Topic(id="basics", title=EVIL),),
        concepts=(bad, concept("good", name=EVIL)),
        relations=(needs("bad", "good", 0.5),),
        misconceptions=(belief,),
    )


@pytest.mark.parametrize("graph", [small_graph(), hub(), evil_graph()], ids=["small", "hub", "evil"])
def test_the_image_is_well_formed_and_speaks(graph: ConceptGraph) -> None:
    focus = "hub" if graph.name == "hub" else graph.concepts[0].id
    root = ElementTree.fromstring(draw_svg(neighbourhood(graph, focus, 2)))
    assert root.get("role") == "img"
    ids = {element.get("id") for element in root.iter()}
    assert set((root.get("aria-labelledby") or "").split()) <= ids
    assert "stands around it" in (root.findtext(f"{_SVG}title") or "")
    assert "Concept " in (root.findtext(f"{_SVG}desc") or "")
    assert {element.tag.removeprefix(_SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "style", "defs", "marker", "path", "rect", "text", "tspan", "g"),
    }
    for element in root.iter():
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)


def test_lines_tell_their_kind_and_weight() -> None:
    root = ElementTree.fromstring(draw_svg(neighbourhood(small_graph(), "range", 2)))
    lines = {
        (line.get("data-source"), line.get("data-target")): line
        for line in root.iter(f"{_SVG}path")
        if line.get("data-source") and "prerequisite" in (line.get("class") or "")
    }
    strong, weak = lines["for-loop", "range"], lines["integer", "range"]
    assert float(strong.get("stroke-width") or 0) > float(weak.get("stroke-width") or 0)
    assert weak.findtext(f"{_SVG}title") == "integer is needed before range (weight 0.5)"


def test_the_key_explains_what_is_there_and_nothing_else() -> None:
    few = draw_svg(neighbourhood(small_graph(), "statement", 1))
    assert "is needed before" in few
    assert "is similar to" not in few
    assert "number of misconceptions" in few
    many = draw_svg(neighbourhood(hub(), "hub", 2))
    assert "is similar to" in many
    assert "Not shown: " in many
    assert "8 similar ones" in many


def test_light_and_dark() -> None:
    assert "prefers-color-scheme:dark" in draw_svg(neighbourhood(small_graph(), "range", 1))


def test_a_picture_is_always_the_same() -> None:
    program = (
        "import hashlib\nfrom tests.kg.drawing.graphs import hub\n"
        "from gradatim.kg.drawing import draw_page, neighbourhood\n"
        "print(hashlib.sha256(draw_page(neighbourhood(hub(), 'hub', 3), hub()).encode()).hexdigest())\n"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


class _Reader(HTMLParser):
    """Collects tags, attributes and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.tags[-1][0] if self.tags else "", []).append(data)


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def test_the_page_lets_nothing_in_or_out() -> None:
    page = draw_page(neighbourhood(evil_graph(), "bad", 2), evil_graph())
    reader = _read(page)
    policy = next(attrs["content"] or "" for tag, attrs in reader.tags if "http-equiv" in attrs)
    assert policy.startswith("default-src 'none'; ")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert (len(scripts), len(styles)) == (1, 2)
    for text in (*scripts, *styles):
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert "alert(1)" not in scripts[0]
    for tag, attrs in reader.tags:
        assert tag not in ("img", "iframe", "object", "embed", "link", "form")
        assert not any(name.startswith("on") or name in ("style", "src", "srcdoc") for name in attrs), tag
        assert (attrs.get("href") or "#").startswith("#")
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_the_page_tells_all_about_each_concept() -> None:
    graph = packaged_curriculum()
    around = neighbourhood(graph, "range", 2)
    page = draw_page(around, graph)
    reader = _read(page)
    articles = [attrs for tag, attrs in reader.tags if tag == "article"]
    assert {attrs["data-id"] for attrs in articles} == set(around.members)
    assert ["hidden" in attrs for attrs in articles].count(False) == 1
    reached = {
        attrs["data-id"] for tag, attrs in reader.tags if "box" in (attrs.get("class") or "") and "data-id" in attrs
    }
    assert reached == set(around.members)
    for tag, attrs in reader.tags:
        if "go" in (attrs.get("class") or "").split():
            assert tag == "button"
            assert attrs["data-id"] in around.members
        if "data-id" in attrs and tag == "g":
            assert (attrs["tabindex"], attrs["role"]) == ("0", "button")
    text = " ".join(part for parts in reader.texts.values() for part in parts)
    shown = next(concept for concept in graph.concepts if concept.id == "range")
    assert shown.definition in text
    assert shown.counterexample is not None
    assert shown.counterexample.why in text
    for item in graph.misconceptions:
        if "range" in item.concepts:
            assert item.belief in text
            assert item.talk in text
