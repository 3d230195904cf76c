"""A beginner asks the wrong object for a method.

An AttributeError for a method of texts asked of a list, or the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "empty-braces-is-set",
    "join-on-list-side",
    "split-returns-string",
    "tuple-is-mutable",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A method of texts asked of a list, or the reverse."""
    for line, found in case.raised_at("AttributeError", r"^'(\w+)' object has no attribute '(\w+)'").items():
        tests = tuple(test for item in found for test in item.tests)
        kind, method = found[0].match.group(1), found[0].match.group(2)
        text = case.program.line(line)
        why = f"AttributeError in {name_tests(tests)}."
        if kind in ("list", "tuple") and method == "join":
            fact = f"Line {line}: `{text}` asks the list to join; the separator does that."
            yield Sign("join-on-list-side", (line,), 0.96, fact, why, tests)
        elif kind == "list" and method in ("upper", "lower", "strip", "replace", "isdigit", "title", "split"):
            home = case.function_at(line)
            nodes = home.nodes if home is not None else case.program.top
            split = any((call := method_called(node)) is not None and call[1] == "split" for node in nodes)
            if split:
                fact = f"Line {line}: `{text}` uses a method of texts on what split gave, which is a list."
                yield Sign("split-returns-string", (line,), 0.9, fact, why, tests)
        elif kind == "dict" and method in ("add", "append"):
            fact = f"Line {line}: `{text}` uses a method that a dictionary does not have."
            if method == "add":
                yield Sign("empty-braces-is-set", (line,), 0.94, fact, why, tests)
        elif kind == "tuple" and method in ("append", "remove", "insert", "extend", "pop", "sort"):
            fact = f"Line {line}: `{text}` changes a tuple in place."
            yield Sign("tuple-is-mutable", (line,), 0.93, fact, why, tests)
