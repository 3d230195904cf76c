import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from gradatim.app.report import render_html
from gradatim.domain import Assessment
from tests.app.report.factory import assessment, held, hostile

VOID = {"meta", "br", "rect"}


class Page(HTMLParser):
    """Reads a page strictly: every element is closed in order; collects elements and texts."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"repeated attribute in <{tag}>"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.elements if attribute in attrs]


def page(made: Assessment, *, full: bool = False) -> Page:
    return Page(render_html(made, full=full))


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("made", [assessment(), held(), hostile("x")])
@pytest.mark.parametrize("full", [False, True])
def test_the_page_is_well_formed_and_self_contained(made: Assessment, full: bool):
    read = page(made, full=full)
    tags = {tag for tag, _ in read.elements}
    assert not tags & {"script", "link", "iframe", "object", "img", "form", "base"}
    ids = read.values("id")
    assert len(ids) == len(set(ids))
    assert all(link.startswith("#") and link[1:] in ids for link in read.values("href"))
    assert read.values("src") == read.values("style") == []
    assert read.values("lang") == ["en"]


def test_its_policy_admits_its_own_style_and_nothing_else():
    source = render_html(assessment())
    match = re.search(r"<style>(.*?)</style>", source, re.DOTALL)
    assert match is not None
    digest = base64.b64encode(hashlib.sha256(match.group(1).encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert policy in page(assessment()).values("content")
    assert "url(" not in match.group(1)
    assert "@import" not in match.group(1)


@pytest.mark.parametrize(
    "attack",
    [
        "</script><img src=x onerror=alert(1)>",
        "\"><svg onload='alert(1)'>",
        "' onmouseover='alert(1)",
        "</style></title></pre></code><script>alert(1)</script>",
        "<!-- --> ]]> &lt;img&gt; {title} {0}",
        "javascript:alert(1)",
    ],
)
def test_nothing_that_others_wrote_becomes_markup(attack: str):
    plain = page(hostile("plain"), full=True)
    attacked = page(hostile(attack), full=True)
    # A value may become colourless or shorter, but never an element or an attribute of its own.
    allowed = {(tag, name) for tag, attrs in plain.elements for name in attrs}
    assert {(tag, name) for tag, attrs in attacked.elements for name in attrs} <= allowed
    assert {tag for tag, _ in attacked.elements} <= {tag for tag, _ in plain.elements}
    assert attack in attacked.text
    assert not [link for link in attacked.values("href") if not link.startswith("#")]


def test_controls_and_surrogates_are_spelt_out_so_that_the_page_can_be_written():
    source = render_html(hostile("a\x1b[2J\u202eb\ud800\x00c"), full=True)
    source.encode()
    assert r"a\x1b[2J\u202eb\ud800\x00c" in source
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", source)


def test_wide_letters_stay_as_they_are():
    assert "漢字 🎉 é" in page(hostile("漢字 🎉 é"), full=True).text


def test_citations_link_to_evidence_and_lines():
    source = render_html(assessment())
    assert re.search(r'<a class="cite mono" href="#evidence-1">\[test:t3\]</a>', source)
    assert re.search(r'<tr id="evidence-1">.*test:t3', source)
    assert 'href="#line-6">line 6</a>' in source
    assert '<li id="line-6" class="strong">' in source
    assert '<li id="line-7" class="weak">' in source


def test_evidence_that_nothing_cites_is_folded_away():
    source = render_html(assessment(), full=True)
    fold = re.search(r"<summary>1 further item at hand, not cited</summary>(.*?)</tbody>", source, re.DOTALL)
    assert fold is not None
    assert "test:t5" in fold.group(1)
    assert "not cited" not in render_html(assessment())


def test_a_citation_of_what_may_not_be_seen_is_no_link():
    said = assessment().feedback.model_copy(
        update={
            "encouragement": (assessment().feedback.encouragement[0].model_copy(update={"evidence": ("test:t5",)}),)
        }
    )
    source = render_html(assessment(feedback=said))
    assert '<span class="cite mono soft">[test:t5]</span>' in source


@pytest.mark.parametrize("secret", ["fibonacci(30)", "832040", "514229", "the secret number", "n + 1"])
def test_a_learner_sees_nothing_of_hidden_tests_and_of_the_repair(secret: str):
    assert secret not in page(assessment()).text
    assert secret in page(assessment(), full=True).text


def test_marks_are_told_in_words_too():
    labels = page(held(), full=True).values("aria-label")
    assert {"checked and true", "refuted", "not checked", "nothing to check"} <= set(labels)
    assert "confidence 0.41 of 1" in labels
    text = flat(page(held(), full=True).text)
    assert "running fibonacci(1) gives 1, not 0 (execution)" in text
    assert "consistencynot measured" in text
    assert "critique: the model did not answer within 300 s. Instead: self-consistency was not measured." in text


def test_feedback_that_is_held_is_not_shown_to_the_learner():
    text = flat(page(held()).text)
    assert "This feedback waits for a person" in text
    assert "gives 0" not in text
    assert "held for review" in text


def test_changes_and_times():
    read = page(assessment())
    assert "range from 0.42 to 0.27" in read.values("aria-label")
    assert "0.42 → 0.27" in flat(read.text)
    assert "31.64 seconds of work in all" in read.text
    assert "execute 0.05 s" in flat(re.sub(r"(execute)", r"\1 ", read.text))


def test_a_correct_program():
    execution = assessment().execution
    passed = tuple(item.model_copy(update={"status": "passed"}) for item in execution.outcomes)
    made = assessment(execution=execution.model_copy(update={"outcomes": passed}))
    text = flat(page(made).text)
    assert "✓ correct" in text
    assert "What the tests show" in text
    assert "What is wrong" not in text
