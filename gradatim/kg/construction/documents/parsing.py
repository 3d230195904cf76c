"""From the bytes of one file to a document, in this process."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial

from gradatim.kg.construction.documents.collector import Collector
from gradatim.kg.construction.documents.decoding import decode
from gradatim.kg.construction.documents.formats import KNOWN_SUFFIXES, Format, format_of, stem_of
from gradatim.kg.construction.documents.limits import Limits
from gradatim.kg.construction.documents.model import Block, CourseDocument, Skipped
from gradatim.kg.construction.documents.running import cleaned
from gradatim.kg.construction.documents.unreadable import Unreadable

_TITLE_LETTERS = 300
_REASON_LETTERS = 300


def parse(data: bytes, name: str, limits: Limits) -> CourseDocument | Skipped:
    """Read a document whatever it is; the time that takes is not limited here.

    Args:
        data: The content of the file.
        name: How the file is called; its suffix says the format.
        limits: How large the document may be.

    Returns:
        The document, or why it cannot be read.

    Raises:
        MemoryError: There is not enough memory.
    """
    try:
        return _parse(data, name, limits)
    except Unreadable as error:
        return Skipped(name, _said(error))
    except RecursionError:
        return Skipped(name, "the document is nested too deeply (simplify it)")
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 parsers meet broken and hostile documents, and a build has to go on
        return Skipped(name, f"the document cannot be parsed: {type(error).__name__}: {_said(error)} (export it anew)")


def require_format(name: str) -> Format:
    """The format that the suffix promises.

    Raises:
        Unreadable: Documents do not end like this.
    """
    found = format_of(name)
    if found is None:
        raise Unreadable(
            "the suffix is none of a known format", remedy=f"convert the file to one of {', '.join(KNOWN_SUFFIXES)}"
        )
    return found


def digest_of(data: bytes) -> str:
    """What tells a changed file from the one that was read."""
    return hashlib.sha256(data).hexdigest()


def _said(error: Exception) -> str:
    """The message of an error on one line; parsers quote in it whatever stands in the document."""
    return " ".join(cleaned(str(error)).split())[:_REASON_LETTERS]


def _parse(data: bytes, name: str, limits: Limits) -> CourseDocument:
    into = Collector(limits)
    stated = _read(require_format(name), data, name, into)
    into.flush()
    if not into.blocks:
        raise Unreadable("there is no text in the file")
    title = _first_heading(into.blocks) or cleaned(stated) or stem_of(name)
    return CourseDocument(name, title[:_TITLE_LETTERS], digest_of(data), tuple(into.blocks))


def _first_heading(blocks: Sequence[Block]) -> str:
    headings = [block for block in blocks if block.kind == "heading"]
    return next((block.text for block in headings if block.level == 1), headings[0].text if headings else "")


def _line(name: str, number: int) -> str:
    return f"{name}:{number}"


def _read(what: Format, data: bytes, name: str, into: Collector) -> str:
    """Has the right reader read, and returns the title that the file states beside its text."""
    place = partial(_line, name)
    match what:
        case "markdown":
            from gradatim.kg.construction.documents.readers.markdown import read_markdown

            read_markdown(decode(data), place, into)
        case "html":
            from gradatim.kg.construction.documents.readers.html import declared_encoding, read_html

            return read_html(decode(data, declared_encoding(data)), place, into)
        case "rst":
            from gradatim.kg.construction.documents.readers.rst import read_rst

            read_rst(decode(data), place, into)
        case "pdf":
            from gradatim.kg.construction.documents.readers.pdf import read_pdf

            return read_pdf(data, name, into)
        case "notebook":
            from gradatim.kg.construction.documents.readers.notebook import read_notebook

            read_notebook(decode(data, "utf-8"), name, into)
        case "plain":
            from gradatim.kg.construction.documents.readers.plain import read_plain

            read_plain(decode(data), place, into)
    return ""
