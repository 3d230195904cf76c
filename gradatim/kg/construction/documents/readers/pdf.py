"""PDF files: what pypdf finds on the pages, as lines with their place, size and style."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from gradatim.kg.construction.documents.collector import Collector
from gradatim.kg.construction.documents.model import SpanKind
from gradatim.kg.construction.documents.readers.pdf_layout import Line, Piece, lay_out
from gradatim.kg.construction.documents.unreadable import Unreadable

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_REMEDY = "print or export the document anew"
_HEADER_WITHIN = 1024
"""Bytes; readers allow something before the header."""
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
_STYLES: tuple[tuple[SpanKind, re.Pattern[str]], ...] = (
    (
        "code",
        re.compile(
            r"mono(?!type)|nimbusmon|courier|consol|typewriter|menlo|CMTT|SFTT|inconsolata|fira ?code|source ?code",
            re.I,
        ),
    ),
    ("strong", re.compile(r"bold|black|heavy|semibold|demi|CMBX|SFBX", re.I)),
    ("emphasis", re.compile(r"ital|obli|slant|CMTI|CMSL|SFTI", re.I)),
)
"""What the names of fonts tell, those of TeX among them."""


def read_pdf(data: bytes, name: str, into: Collector) -> str:
    """Read a file; a page that cannot be read is left out as long as others can.

    Returns:
        The title among the file's properties, if there is one.

    Raises:
        Unreadable: The file is no PDF, is damaged or encrypted, or has no text.
    """
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        raise Unreadable("the file is no PDF, though its name says so", remedy="rename it, or export it anew")
    # pypdf tells about everything that is odd in a file; nobody who builds a graph can do anything about that
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        _require_open(reader)
        pages = reader.pages
        count = len(pages)
    except Unreadable:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise Unreadable(f"the PDF is damaged ({error})", remedy=_REMEDY) from error
    lines: list[Line] = []
    wrong: Exception | None = None
    characters = 0
    for number in range(count):
        try:
            found = _lines(pages[number], number + 1)
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # noqa: BLE001 of a damaged page, pypdf may raise anything
            wrong = error
            continue
        characters += sum(len(line.text) for line in found)
        into.require_room(characters)
        lines += found
    if not lines:
        if wrong is not None:
            raise Unreadable(f"no page of the PDF can be read ({wrong})", remedy=_REMEDY) from wrong
        raise Unreadable("the PDF has no text, perhaps only pictures of it", remedy="run text recognition over it")
    lay_out(lines, lambda page: f"{name}:page {page}", into)
    return _title(reader)


def _require_open(reader: PdfReader) -> None:
    """Many files are encrypted with an empty password, which only keeps them from being changed."""
    if not reader.is_encrypted:
        return
    from pypdf.errors import PyPdfError

    try:
        opened = bool(reader.decrypt(""))
    except (PyPdfError, NotImplementedError, ImportError):
        opened = False
    if not opened:
        raise Unreadable("the PDF is encrypted", remedy="save it without a password")


def _title(reader: PdfReader) -> str:
    from pypdf.errors import PyPdfError

    try:
        title = None if reader.metadata is None else reader.metadata.title
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    # names that programs give by themselves
    return "" if title is None or re.match(r"(?i)microsoft|untitled|.*\.\w{2,5}$", title) else str(title)


class _Page:
    """Collects what pypdf tells while it goes through a page: pieces of text, the last of a line with its end."""

    def __init__(self, number: int) -> None:
        self.lines: list[Line] = []
        self._number = number
        self._pieces: list[Piece] = []

    def see(self, text: str, matrix: Any, text_matrix: Any, font: Any, size: Any) -> None:
        style = _style(font)
        for position, part in enumerate(text.split("\n")):
            if position:
                self.end_line()
            if part:
                self._pieces.append(_piece(part.translate(_LIGATURES), matrix, text_matrix, style, size))

    def end_line(self) -> None:
        line = Line.of(self._number, self._pieces)
        if line is not None:
            self.lines.append(line)
        self._pieces = []


def _lines(page: PageObject, number: int) -> list[Line]:
    seen = _Page(number)
    visitor: Callable[[Any, Any, Any, Any, Any], None] = seen.see
    page.extract_text(visitor_text=visitor)
    seen.end_line()
    return seen.lines


def _piece(text: str, matrix: Any, text_matrix: Any, style: frozenset[SpanKind], size: Any) -> Piece:
    a, b, c, d, e, f = (float(value) for value in matrix)
    x, y = float(text_matrix[4]), float(text_matrix[5])
    # how much higher a letter is on the page than in its font
    scale = abs(float(text_matrix[0]) * float(text_matrix[3]) - float(text_matrix[1]) * float(text_matrix[2])) ** 0.5
    return Piece(
        text=text,
        style=style,
        x=a * x + c * y + e,
        y=b * x + d * y + f,
        size=float(size) * scale * abs(a * d - b * c) ** 0.5,
    )


def _style(font: Any) -> frozenset[SpanKind]:
    if not isinstance(font, Mapping):
        return frozenset()
    name = str(cast("Mapping[str, Any]", font).get("/BaseFont", ""))
    return frozenset(kind for kind, pattern in _STYLES if pattern.search(name))
