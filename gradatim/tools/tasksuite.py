"""The test file of a task: a unittest or pytest module beside the task file, or within it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gradatim.tools.suites.names import outline
from gradatim.tools.yamlfields import Fields
from gradatim.tools.yamltree import code_line

TEST_FILE_LIMIT = 500_000
"""Bytes a test file may have."""


@dataclass(frozen=True, slots=True)
class TestFile:
    """A test module as the task file gives it.

    Attributes:
        source: Its text.
        names: Its tests.
    """

    __test__ = False

    source: str
    names: Mapping[str, int]


def read_test_file(fields: Fields, folder: Path | None) -> TestFile | None:
    """The module that `test_file` or `test_source` gives; `None`, perhaps with noted problems, when there is none.

    Args:
        fields: The whole task file.
        folder: Where the task file lies; `None` where there is no file.
    """
    if "test_file" in fields and "test_source" in fields:
        fields.wrong("test_source", "stands beside test_file", "keep one of the two")
        return None
    key = "test_file" if "test_file" in fields else "test_source"
    given = fields.text(key)
    if given is None:
        return None
    name, source = ("", given) if key == "test_source" else (given, _content(fields, given, folder))
    if source is None:
        return None
    try:
        found = outline(source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            compile(source, name or "<test_source>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        line = error.lineno or 1 if isinstance(error, SyntaxError) else 1
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        node = fields.get(key)
        if name or node is None:
            fields.wrong(key, f"names {name}, which does not compile: {what} (line {line})", "correct the code")
        else:
            fields.wrong(key, f"does not compile: {what}", "correct the code", line=code_line(node, line))
        return None
    shown = name or "the module"
    if not found.names:
        fields.wrong(key, f"holds no tests: {shown} defines no test_… function or method", "write one test at least")
    elif not found.imports_submission:
        fields.wrong(
            key, f"never uses the program: {shown} does not import submission", "add `from submission import …`"
        )
    return TestFile(source, found.names)


def _content(fields: Fields, name: str, folder: Path | None) -> str | None:
    """Text of a file beside the task file."""
    path = PurePosixPath(name)
    if folder is None:
        fields.wrong("test_file", "needs a task file to lie beside", "put the module's text into `test_source: |`")
        return None
    if path.is_absolute() or ".." in path.parts or path.suffix != ".py":
        fields.wrong("test_file", f"{name!r} is not usable", "name a .py file in the task file's folder")
        return None
    try:
        data = (folder / path).read_bytes()
    except OSError as error:
        fields.wrong("test_file", f"{name!r} cannot be read: {error.strerror}", "put the file beside the task file")
        return None
    if len(data) > TEST_FILE_LIMIT:
        fields.wrong("test_file", f"{name!r} is larger than {TEST_FILE_LIMIT:,} bytes", "make it smaller")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        fields.wrong("test_file", f"{name!r} is not UTF-8 text", "save it as UTF-8")
        return None
