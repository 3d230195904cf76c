"""The layouts of a report, on one that holds everything a report may hold."""

from __future__ import annotations

import io
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from gradatim.app.report.learning import FORMATS, format_of, render, write_report
from gradatim.app.report.learning.fonts import CHINESE, fonts
from gradatim.app.report.learning.shades import STEPS, shade
from gradatim.errors import InputError
from gradatim.graphs.reports.about import words
from gradatim.graphs.reports.document import (
    Cell,
    Document,
    Listing,
    Note,
    Picture,
    Row,
    Said,
    Section,
    Source,
    Table,
)
from gradatim.languages import speaking
from gradatim.memory.pictures import Format, mastery_over_time
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.settings import Settings

EVIL = '</style><script>alert("x")</script> & `code` <b> 学习 \u202e \x07 é → ≥'


@cache
def drawn(format: Format) -> bytes:
    return mastery_over_time((), format=format)


def document(language: str = "en", evil: str = EVIL) -> Document:
    evidence = tuple(f"e{number}" for number in range(1, 9))
    table = Table(
        f"caption {evil}",
        ("Concept", "Mastery"),
        (
            Row((Cell(f"loops {evil}"), Cell("72%", 0.72, 0.5, 0.9)), evidence),
            Row((Cell("sets"), Cell("15% → 80%", course=(0.15, 0.4, 0.8))), evidence),
            Row((Cell("dicts"), Cell("once", course=(0.5,))), evidence),
            Row((Cell("lists"), Cell("not measured")), measured=False),
        ),
    )
    heat = Table(
        "spread", ("Concept", "low", "high"), (Row((Cell("x"), Cell("6", 0.6), Cell("–")), ("e1",)),), heat=True
    )
    blocks = (
        Said(f"You did well {evil}", evidence),
        Note(f"Not measured {evil}"),
        table,
        heat,
        Listing(
            f"Program {evil}", ((1, "if x:\t# <tag>", False), (2, "        `y` = '学'", True), (3, "", False)), ("e2",)
        ),
        Picture(drawn, f"Mastery {evil}", ("e3",)),
    )
    with speaking(language):
        said = words()
    return Document(
        audience="learner",
        title=f"Title {evil}",
        subtitle="sub",
        language=language,
        sections=(
            Section("done", f"What {evil}", blocks),
            Section("empty", "Empty", ()),
            Section("tail", "", (Note("n"),)),
        ),
        sources=tuple(Source(number, f"e{number}", f"text {evil}") for number in range(1, 9)),
        words=said,
        learners=("anna",),
    )


class Page(HTMLParser):
    """Tags, ids and links of a page; refuses one that does not nest."""

    VOID = frozenset(("meta", "br", "rect", "path", "use", "link"))

    def __init__(self, source: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data: list[str] = []
        self.feed(source)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.data.append(data)


def test_the_page_is_whole_and_runs_nothing() -> None:
    source = render(document(), "html").decode()
    page = Page(source)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "iframe", "object", "img", "form", "input", "link"}
    assert not any(name.startswith("on") or name == "style" for _, attributes in page.tags for name in attributes)
    ids = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(attributes["href"]) for tag, attributes in page.tags if tag == "a"]
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    assert 'alert("x")' in "".join(page.data)
    assert "\u202e" not in source
    assert "\x07" not in source
    assert source.count("<style>") == 1


def test_the_page_can_be_read_without_seeing_it() -> None:
    page = Page(render(document("zh"), "html").decode())
    tags = page.tags
    assert ("html", {"lang": "zh"}) in tags
    assert sum(tag == "h1" for tag, _ in tags) == 1
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in tags if tag == "th")
    assert sum(tag == "caption" for tag, _ in tags) == sum(tag == "table" for tag, _ in tags)
    pictures = [attributes for tag, attributes in tags if tag == "svg"]
    assert pictures
    assert all(attributes.get("role") == "img" for attributes in pictures)
    bars = [str(attributes.get("aria-label")) for attributes in pictures if attributes.get("aria-label")]
    assert any("72%" in words and "50%" in words and "90%" in words for words in bars)
    assert any("skip" in str(attributes.get("class")) for tag, attributes in tags if tag == "a")


def test_shades_and_text_on_them_can_be_told_apart() -> None:
    from gradatim.memory.pictures.palette import contrast

    css = (Path(__file__).parents[4] / "gradatim/app/report/learning/learning.css").read_text("utf-8")
    shades = re.findall(r"td\.h\d+ \{ background: (#\w+); color: (#\w+);", css)
    assert len(shades) == 11
    assert all(contrast(*pair) >= 4.5 for pair in shades)
    assert [background for background, _ in shades] == [shade(number) for number in range(STEPS + 1)]


def pages(content: bytes) -> list[str]:
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_the_pdf_says_the_same() -> None:
    content = render(document(), "pdf")
    assert content.startswith(b"%PDF-")
    text = "\n".join(pages(content))
    for words_ in ("Title", "You did well", "Not measured", "72%", "lists", "Evidence", "What this rests on"):
        assert words_ in text
    assert '</style><script>alert("x")</script> & code <b>' in " ".join(text.split())
    assert "if x:" in text
    assert "[1, 4, 5, 6, 7, 8 +2]" in text


def test_the_pdf_has_title_language_outline_and_links() -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(render(document("zh", evil=""), "pdf")))
    assert reader.metadata is not None
    assert reader.metadata.title == "Title "
    assert str(reader.trailer["/Root"]["/Lang"]) == "zh"  # pyright: ignore[reportIndexIssue]
    assert [str(entry["/Title"]) for entry in reader.outline if isinstance(entry, dict)] == ["What ", "依据"]
    places = [
        note.get_object()["/Dest"]
        for page in reader.pages
        for note in page.get("/Annots", ())
        if note.get_object()["/Subtype"] == "/Link"
    ]
    heights = {float(place[3]) for place in places}
    assert len(heights) >= 6  # different lines of the list of sources
    assert {place[0].get_object()["/Type"] for place in places} == {"/Page"}


def test_chinese_has_a_font_of_its_own() -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(render(document("zh"), "pdf")))
    used = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # pyright: ignore[reportIndexIssue]
    }
    assert any(CHINESE in name for name in used)


def test_runs_of_a_text_have_the_font_that_shows_them() -> None:
    found = fonts()
    assert found.marked("a < 学习 & b") == f'a &lt; <font name="{CHINESE}">学习</font> &amp; b'
    assert found.marked("“a”", chinese=False) == "“a”"
    assert found.marked("“a”", chinese=True).startswith(f'<font name="{CHINESE}">“</font>a')
    assert found.marked("\x07\u202e") == "\ufffd\ufffd"
    assert found.marked("\U0001f600") in ("?", "\U0001f600")
    assert found.marked("") == ""


def test_the_same_report_gives_the_same_bytes() -> None:
    for form in get_args(type(FORMATS[0])) or FORMATS:
        assert render(document(), form) == render(document(), form)


def test_long_reports_break_over_pages() -> None:
    row = Row((Cell("a concept " * 30), Cell("50%", 0.5)), ("e1",))
    table = Table("many", ("Concept", "Mastery"), (row,) * 50)
    whole = document()
    long = Document(
        "class", "Long", "", "en", (Section("a", "Table", (table,)),), whole.sources, whole.words, ("anna",)
    )  # fmt: skip
    assert len(pages(render(long, "pdf"))) > 3
    endless = Row((Cell("word " * 30_000), Cell("x" * 30_000)), ("e1",))
    wide = Table("w" * 5_000, ("Concept", "Mastery"), (endless,))
    code = Listing("Program", tuple((number, "x = " + "1 + " * 4_000, False) for number in range(1, 9)), ("e1",))
    listing = Document(
        "learner", "Code", "", "en", (Section("a", "Code " * 900, (code, wide)),), whole.sources, whole.words
    )
    assert pages(render(listing, "pdf"))


def test_a_written_report_is_private_registered_and_forgotten(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    for form in FORMATS:
        path = tmp_path / f"report.{form}"
        size = write_report(document(), form, path, settings)
        assert path.stat().st_size == size
        assert path.stat().st_mode & 0o077 == 0
    register = Artefacts.of(settings)
    assert {item.path.name for item in register.of_learner("anna")} == {"report.md", "report.html", "report.pdf"}
    register.forget("anna")
    assert list(tmp_path.glob("report.*")) == []


@pytest.mark.parametrize(
    ("name", "given", "form"),
    [
        ("a.md", None, "md"),
        ("a.HTML", None, "html"),
        ("a.pdf", None, "pdf"),
        ("a.pdf", "html", "html"),
        ("a", "md", "md"),
    ],
)
def test_the_format_follows_from_the_name(name: str, given: str | None, form: str) -> None:
    assert format_of(Path(name), given) == form


def test_formats_that_cannot_be(tmp_path: Path) -> None:
    assert format_of(None, None) == "md"
    with pytest.raises(InputError, match="no format of a report"):
        format_of(Path("a.docx"), None)
    with pytest.raises(InputError, match="no text"):
        format_of(None, "pdf")
    with pytest.raises(InputError, match="cannot be written"):
        write_report(document(), "md", tmp_path / "none" / "a.md", Settings(data_dir=tmp_path))
    with pytest.raises(InputError, match="cannot be written"):
        write_report(document(), "md", tmp_path, Settings(data_dir=tmp_path))
    assert list(tmp_path.iterdir()) == []
