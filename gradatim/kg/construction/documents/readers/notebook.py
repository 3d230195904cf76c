"""Jupyter notebooks of format 3 and 4."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from gradatim.kg.construction.documents.collector import Collector
from gradatim.kg.construction.documents.readers.markdown import read_markdown
from gradatim.kg.construction.documents.unreadable import Unreadable

_REMEDY = "open and save it with Jupyter"


def read_notebook(text: str, name: str, into: Collector) -> None:
    """Cells of Markdown and of code, in order; what the code has put out is not read.

    Raises:
        Unreadable: The file is no notebook.
    """
    try:
        notebook: Any = json.loads(text)
    except RecursionError:
        raise Unreadable("the notebook's JSON is nested too deeply", remedy=_REMEDY) from None
    except ValueError as error:
        raise Unreadable(f"the notebook is not valid JSON ({error})", remedy=_REMEDY) from None
    for number, cell in enumerate(_cells(notebook), start=1):
        place = f"{name}:cell {number}"
        source = _source(cell.get("source", cell.get("input", "")), place)
        match cell.get("cell_type"):
            case "markdown":
                read_markdown(source, lambda _, place=place: place, into, with_front_matter=False)
            case "heading":  # only format 3 has them
                level = cell.get("level")
                into.enter("heading", min(max(level, 1), 6) if isinstance(level, int) else 1)
                into.at(place)
                into.write(source)
                into.leave()
            case "code":
                into.code(source, place)
            case _:  # raw cells are for converters
                pass


def _cells(notebook: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(notebook, dict):
        raise Unreadable("the file is JSON, but no notebook", remedy=_REMEDY)
    content = cast("dict[str, Any]", notebook)
    sheets: Any = content.get("worksheets")
    groups: list[Any] = [content.get("cells")]
    if "cells" not in content and isinstance(sheets, list):
        groups = [
            cast("dict[str, Any]", sheet).get("cells") if isinstance(sheet, dict) else None
            for sheet in cast("list[Any]", sheets)
        ]
    for group in groups:
        if not isinstance(group, list):
            raise Unreadable("the notebook has no list of cells", remedy=_REMEDY)
        for cell in cast("list[Any]", group):
            if not isinstance(cell, dict):
                raise Unreadable("a cell of the notebook is no JSON object", remedy=_REMEDY)
            yield cast("dict[str, Any]", cell)


def _source(source: Any, place: str) -> str:
    """The text of a cell: one string, or a list of lines."""
    if isinstance(source, str):
        return source
    if isinstance(source, list):
        lines = cast("list[Any]", source)
        if all(isinstance(line, str) for line in lines):
            return "".join(cast("list[str]", lines))
    raise Unreadable(f"the source of a cell ({place}) is no text", remedy=_REMEDY)
