"""Laying a learning report out in a format, and writing it so that it can be forgotten."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Literal, get_args

from gradatim.errors import InputError, StorageError
from gradatim.graphs.reports import Document, render_markdown
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.settings import Settings

ReportFormat = Literal["md", "html", "pdf"]
FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)
_ENDINGS: dict[str, ReportFormat] = {
    ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".pdf": "pdf",
}  # fmt: skip


def format_of(target: Path | None, given: str | None) -> ReportFormat:
    """The format that was named, or that the name of the file ends in; Markdown for neither.

    Raises:
        InputError: The ending is none of a report, or a PDF has no file to go to.
    """
    found: ReportFormat | None = next((item for item in FORMATS if item == given), None)
    if found is None and target is not None:
        found = _ENDINGS.get(target.suffix.lower())
        if found is None:
            raise InputError(
                f"ends in {target.suffix or 'nothing'}, which is no format of a report",
                place=f"--out {target}",
                remedy="end it in .md, .html or .pdf, or name --format",
            )
    if found is None:
        found = "md"
    if found == "pdf" and target is None:
        raise InputError("a PDF is no text", place="--format pdf", remedy="name a file: --out report.pdf")
    return found


def render(document: Document, form: ReportFormat) -> bytes:
    """The report in a format.

    Raises:
        StorageError: A library that the format needs is not installed.
    """
    match form:
        case "md":
            return render_markdown(document).encode("utf-8", "replace")
        case "html":
            from gradatim.app.report.learning.page import render_page

            return render_page(document).encode("utf-8", "replace")
        case "pdf":
            try:
                from gradatim.app.report.learning.pdf import render_pdf
            except ImportError as error:
                raise StorageError(
                    "PDF needs the package reportlab", place="report", remedy="pip install reportlab, or write HTML"
                ) from error
            return render_pdf(document)


def write_report(document: Document, form: ReportFormat, target: Path, settings: Settings) -> int:
    """Write a report and register whom it is about; returns its bytes.

    Raises:
        InputError: It cannot be written there.
    """
    content = render(document, form)
    part = target.with_name(f"{target.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)  # learners' data: for its owner alone
        part.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):  # the name itself may be what cannot be
            part.unlink(missing_ok=True)
        raise InputError(
            f"cannot be written: {error.strerror or error}",
            place=str(target),
            remedy="name a file in a folder of yours",
        ) from error
    if document.learners:
        Artefacts.of(settings).whole(target, "report", document.learners)
    return len(content)
