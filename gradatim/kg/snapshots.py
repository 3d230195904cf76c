"""A concept graph in a file: written in one moment, checked when it is read."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from gradatim.errors import StorageError
from gradatim.kg.schema import ConceptGraph

FORMAT = 1


def write_snapshot(path: Path, graph: ConceptGraph) -> None:
    """Write a graph so that another process reads either what was there before or all of this.

    Raises:
        OSError: It cannot be written.
    """
    text = json.dumps(
        {"format": FORMAT, "version": graph.version, "graph": graph.plain()}, ensure_ascii=False, separators=(",", ":")
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def read_snapshot(path: Path) -> ConceptGraph | None:
    """The graph that was written to a file, or `None` when there is no such file.

    Raises:
        StorageError: The file is not what was written.
    """
    remedy = "delete the file: it is written again when the server answers"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"the snapshot cannot be read: {error}", place=str(path), remedy=remedy) from error
    try:
        plain: object = json.loads(text)
        if not isinstance(plain, dict):
            raise ValueError("no object")
        data = cast("dict[str, Any]", plain)
        if data.get("format") != FORMAT:
            raise ValueError(f"its format is {data.get('format')!r}, not {FORMAT}")
        graph = ConceptGraph.model_validate(data.get("graph"))
    except (ValueError, ValidationError, RecursionError) as error:
        first = str(error).splitlines()[0]
        raise StorageError(f"the snapshot is no concept graph: {first}", place=str(path), remedy=remedy) from error
    if graph.version != data.get("version"):
        raise StorageError("the snapshot is not the graph that was written", place=str(path), remedy=remedy)
    return graph
