"""What all pages are: nothing in them runs or asks for anything, and nothing that is told becomes HTML."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from gradatim.app.report.frame import card, contents, figure, page, plain_heading
from gradatim.app.report.markup import Html, html

SHEETS = ("evaluation/evaluation.css", "learning/learning.css", "run/run.css")
EVIL = '</title><script>alert(1)</script>" onload="x'


@pytest.mark.parametrize("sheets", [(), *(("style.css", sheet) for sheet in SHEETS)])
def test_the_policy_admits_the_style_and_nothing_else(sheets: tuple[str, ...]) -> None:
    found = page(title="t", styles=sheets, skip=("a", "b"), main=html("<p>x</p>"), footer=html("<p>y</p>"))
    style = re.search(r"<style>(.*?)</style>", found, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in found
    assert found.endswith("</html>\n")
    assert not re.search(r"url\(|@import|https?:", style[1])


def test_what_is_told_stays_text() -> None:
    main = plain_heading(EVIL, EVIL).source + contents(EVIL, [(EVIL, EVIL)]).source + card(EVIL, EVIL, html("x")).source
    found = page(title=EVIL, styles=(), skip=(EVIL, EVIL), main=Html(main), footer=html("x"), language=EVIL)
    assert "<script" not in found
    assert '" onload' not in found


def test_a_picture_stands_with_its_words() -> None:
    found = figure(b"<svg/>", html("{words}", words="<b>"), "note").source
    assert found == '<figure class="picture"><svg/><figcaption class="note">&lt;b&gt;</figcaption></figure>'
