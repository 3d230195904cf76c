"""Which file names are documents, and of what format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Literal

Format = Literal["markdown", "html", "rst", "pdf", "notebook", "plain"]

_SUFFIXES: Mapping[str, Format] = {
    ".rst.txt": "rst",  # sources as Sphinx publishes them
    ".rst": "rst",
    ".rest": "rst",
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".qmd": "markdown",
    ".rmd": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".ipynb": "notebook",
    ".txt": "plain",
}
"""Longer suffixes before those that end like them."""

KNOWN_SUFFIXES = tuple(_SUFFIXES)


def suffix_of(name: str) -> str | None:
    """The suffix that says what a file is, in lower case; None when it says nothing."""
    lower = PurePath(name).name.lower()
    return next((suffix for suffix in _SUFFIXES if lower.endswith(suffix) and lower != suffix), None)


def format_of(name: str) -> Format | None:
    """The format that a file's name promises."""
    suffix = suffix_of(name)
    return None if suffix is None else _SUFFIXES[suffix]


def stem_of(name: str) -> str:
    """The file's name without folders and suffix: the title of a document that has no other."""
    last = PurePath(name).name
    suffix = suffix_of(name)
    return last if suffix is None else last[: -len(suffix)]
