"""A learning report as PDF, with outline, page numbers and links from statements to what they rest on."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from gradatim import __version__
from gradatim.app.report.learning.fonts import Fonts, fonts
from gradatim.app.report.learning.parts import Bar, Line
from gradatim.app.report.learning.shades import shade, step
from gradatim.graphs.reports.document import Block, Cell, Document, Listing, Note, Picture, Row, Said, Section, Table
from gradatim.memory.pictures.palette import GRID, INK, SOFT

_MARGIN = 51.0
"""Points: 18 mm."""
_HEADED = 72.0
"""Points that a heading needs below it on its page."""
_LONGEST = 400
"""Characters of a cell or a line of a program."""
_SPAN = re.compile(r"`([^`\n]+)`")
_SHADE = "#eef1f6"
_STRONG = "#fdeceb"


def render_pdf(document: Document) -> bytes:
    """The report; the same report gives the same bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    buffer = io.BytesIO()
    template: Any = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=document.title,
        author="gradatim",
        creator=f"gradatim {__version__}",
        lang=document.language,
        invariant=1,
    )
    layout = _Layout(document, fonts(), float(A4[0]) - 2 * _MARGIN)
    template.build(layout.story(), onFirstPage=layout.foot, onLaterPages=layout.foot)
    return buffer.getvalue()


class _Layout:
    """Turns a document into reportlab's flowables, whose types are unknown to a type checker."""

    def __init__(self, document: Document, used: Fonts, width: float) -> None:
        from reportlab.lib.styles import ParagraphStyle

        self.document = document
        self.fonts = used
        self.width = width
        self.chinese = document.language == "zh"
        wrap = {"wordWrap": "CJK"} if self.chinese else {}
        make: Any = ParagraphStyle
        base = make("base", fontName=used.plain, fontSize=9.5, leading=13.5, textColor=INK, **wrap)
        self.styles: dict[str, Any] = {
            "base": base,
            "title": make("title", parent=base, fontName=used.bold, fontSize=18, leading=23),
            "soft": make("soft", parent=base, textColor=SOFT, fontSize=8.5, leading=12),
            "heading": make(
                "heading", parent=base, fontName=used.bold, fontSize=13, leading=17, spaceBefore=14, spaceAfter=4,
            ),
            "said": make("said", parent=base, leftIndent=12, bulletIndent=2, spaceAfter=2),
            "caption": make("caption", parent=base, textColor=SOFT, fontSize=8.5, spaceBefore=4),
            "cell": make("cell", parent=base, fontSize=8.5, leading=11.5),
            "head": make("head", parent=base, fontName=used.bold, fontSize=8, leading=11, textColor=SOFT),
            "code": make("code", parent=base, fontName=used.mono, fontSize=8, leading=10.5),
            "source": make("source", parent=base, fontSize=7.5, leading=10, leftIndent=22, bulletIndent=0),
        }  # fmt: skip

    def story(self) -> list[Any]:
        document = self.document
        found = [
            self._text(document.title, "title"),
            self._text(document.subtitle, "soft"),
        ]
        for section in document.sections:
            found += self._section(section)
        if document.sources:
            found += [self._room(_HEADED), self._heading(document.words["sources"], "sources")]
            for source in document.sources:
                name = f'<a name="source-{source.number}"/>'
                text = f"{name}{self._marked(source.id)}  {self._marked(source.text)}"
                found.append(self._paragraph(text, "source", bulletText=f"{source.number}."))
        return found

    def foot(self, canvas: Any, template: Any) -> None:
        """What stands at the foot of each page."""
        document = self.document
        self._draw_line(canvas, _MARGIN, document.words["made"].format(version=__version__))
        number = document.words["of"].format(page=canvas.getPageNumber())
        self._draw_line(canvas, _MARGIN + self.width, number, right=True)

    def _draw_line(self, canvas: Any, x: float, text: str, *, right: bool = False) -> None:
        paragraph = self._paragraph(self._marked(text), "soft", right=right)
        width = self.width * (0.15 if right else 0.84)
        _, height = paragraph.wrap(width, _MARGIN)
        paragraph.drawOn(canvas, x - width if right else x, _MARGIN * 0.75 - height)

    def _section(self, section: Section) -> list[Any]:
        if not section.blocks:
            return []
        found = [self._room(_HEADED), self._heading(section.title, section.key)] if section.title else []
        for block in section.blocks:
            found += self._block(block)
        return found

    def _heading(self, title: str, key: str) -> Any:
        from reportlab.platypus import Paragraph

        title_text, style = title, self.styles["heading"]
        base: Any = Paragraph

        class Heading(base):
            """A heading that stands in the outline."""

            def draw(self) -> None:
                self.canv.bookmarkPage(f"section-{key}")
                self.canv.addOutlineEntry(title_text, f"section-{key}", 0, 0)
                base.draw(self)

        return Heading(self._marked(title), style)

    def _block(self, block: Block) -> list[Any]:
        match block:
            case Said():
                text = self._marked(block.text) + self._cites(block.evidence)
                return [self._paragraph(text, "said", bulletText="•")]
            case Note():
                return [self._text(block.text, "soft")]
            case Table():
                return self._table(block)
            case Listing():
                return self._listing(block)
            case Picture():
                return self._picture(block)

    def _cites(self, evidence: Sequence[str]) -> str:
        numbers = self.document.cited(evidence)
        if not numbers:
            return ""
        links = ", ".join(f'<link href="#source-{number}" color="#1f5fbf">{number}</link>' for number in numbers)
        more = self.document.more(evidence)
        left = f" {self._marked(self.document.words['more'].format(n=more))}" if more else ""
        return f' <font size="7.5">[{links}{left}]</font>'

    def _table(self, table: Table) -> list[Any]:
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Table as Grid

        colour: Any = HexColor
        header = [self._text(name, "head") for name in (*table.header, self.document.words["evidence"])]
        rows: list[list[Any]] = [header]
        style: list[tuple[Any, ...]] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, colour(GRID)),
            ("BACKGROUND", (0, 0), (-1, 0), colour(_SHADE)),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ]
        for row in table.rows:
            rows.append([*(self._cell(cell, table.heat) for cell in row.cells), self._evidence(row)])
            if table.heat:
                for place, cell in enumerate(row.cells):
                    if cell.share is not None:
                        where = (place, len(rows) - 1)
                        style.append(("BACKGROUND", where, where, colour(shade(step(cell.share)))))
        grid: Any = Grid(rows, colWidths=self._widths(table), repeatRows=1, hAlign="LEFT", style=style)
        grid.spaceAfter = 6
        return [self._room(_HEADED), self._text(table.caption, "caption"), grid]

    def _widths(self, table: Table) -> list[float]:
        """The first column and those with bars get more room, by what stands in them."""
        columns = len(table.header)
        weights: list[float] = []
        for place in range(columns):
            texts = [row.cells[place].text for row in table.rows] + [table.header[place]]
            cells = [row.cells[place] for row in table.rows]
            bars = not table.heat and any(cell.share is not None or cell.course for cell in cells)
            longest = max(_columns(text) for text in texts)
            word = max((_columns(part) for text in texts for part in text.split()), default=0)
            weights.append(18.0 if bars else max(min(38.0, longest), min(20.0, word)) + 2.5)
        weights.append(14.0)
        return [self.width * weight / sum(weights) for weight in weights]

    def _evidence(self, row: Row) -> Any:
        return self._paragraph(self._cites(row.evidence).strip(), "cell")

    def _cell(self, cell: Cell, heat: bool) -> Any:
        text = self._text(_short(cell.text), "cell")
        if cell.course:
            return [Line(cell.course), text]
        return text if cell.share is None or heat else [Bar.of(cell), text]

    def _listing(self, listing: Listing) -> list[Any]:
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Table as Grid

        colour: Any = HexColor
        rows: list[list[Any]] = []
        style: list[tuple[Any, ...]] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ]
        for number, text, marked in listing.lines:
            code = self.fonts.marked(_short(text.expandtabs(4)) or " ", chinese=self.chinese, breaks=True)
            rows.append([self._paragraph(str(number), "code"), self._paragraph(code.replace("  ", "&#160; "), "code")])
            if marked:
                style.append(("BACKGROUND", (0, len(rows) - 1), (-1, len(rows) - 1), colour(_STRONG)))
        title = self._paragraph(self._marked(listing.title) + self._cites(listing.evidence), "caption")
        grid: Any = Grid(rows, colWidths=[30, self.width - 30], hAlign="LEFT", style=style)
        grid.spaceAfter = 4
        return [self._room(_HEADED), title, grid]

    def _room(self, height: float) -> Any:
        """A new page where there is not so much room left on this one."""
        from reportlab.platypus import CondPageBreak

        return CondPageBreak(height)

    def _picture(self, picture: Picture) -> list[Any]:
        from reportlab.lib.utils import ImageReader
        from reportlab.platypus import Image

        content = picture.draw("png")
        wide, high = ImageReader(io.BytesIO(content)).getSize()
        width = min(self.width, wide * 0.5)
        height = min(width * high / wide, 620.0)
        image: Any = Image(io.BytesIO(content), width=height * wide / high, height=height)
        image.hAlign = "LEFT"
        caption = self._paragraph(self._marked(picture.alt) + self._cites(picture.evidence), "soft")
        return [image, caption]

    def _marked(self, text: str) -> str:
        """A text as markup, what stands between backticks as code."""
        return "".join(
            f'<font name="{self.fonts.mono}">{self.fonts.marked(piece)}</font>'
            if place % 2
            else self.fonts.marked(piece, chinese=self.chinese)
            for place, piece in enumerate(_SPAN.split(text))
        )

    def _text(self, text: str, style: str) -> Any:
        return self._paragraph(self._marked(text), style)

    def _paragraph(self, markup: str, style: str, *, right: bool = False, **more: Any) -> Any:
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        chosen = self.styles[style]
        if right:
            make: Any = ParagraphStyle
            chosen = make(f"{style}-right", parent=chosen, alignment=2)
        made: Any = Paragraph
        return made(markup, chosen, **more)


def _columns(text: str) -> int:
    """How wide a text is; Chinese characters count twice."""
    return len(text.encode("gbk", "replace"))


def _short(text: str) -> str:
    """A text that fits into one row of a table: a row cannot be broken over pages."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
