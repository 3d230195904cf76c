"""Cases put before the rest of a function: what is empty, base values of a recursion, single answers of the tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.program import Function
from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.source import Source

_EMPTY = frozenset(("[]", "()", "''", '""', "{}", "set()"))
_PLAIN = frozenset(("0", "1", "True", "False", "[]", "()", "''", '""', "None", "-1", "{}"))


def candidates(source: Source) -> Iterator[Candidate]:
    """Guards at the top of each function."""
    for function in source.functions:
        yield from _guards(source, function)


def _guards(source: Source, function: Function) -> Iterator[Candidate]:
    first = function.body[0] if function.body else None
    if first is None or source.extent(first) is None or first.lineno == function.line:
        return
    at = first.lineno
    indent = source.indent(at)
    made: dict[tuple[str, str], tuple[float, bool]] = {}
    parameters = [name for name in function.parameters if name != "self"]
    for name, arguments, result in source.expected.results:
        if name != function.name or len(arguments) != len(parameters):
            continue
        for parameter, argument in zip(parameters, arguments, strict=True):
            _from_test(made, parameter, argument, result)
    own = [source.get(item.value) for item in function.returns if item.value is not None]
    results = dict.fromkeys((*own, "False", "True", "0", "[]", "()", "''"))
    recursive = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name
        for node in function.nodes
    )
    for parameter in parameters:
        for text in results:
            made.setdefault((f"not {parameter}", text), (0.4 if recursive else 0.3, False))
        if recursive:
            for value in ("0", "1"):
                for text in (value, parameter, "0", "1", "True", "False"):
                    made.setdefault((f"{parameter} == {value}", text), (0.35, False))
                    made.setdefault((f"{parameter} <= {value}", text), (0.3, False))
        for other in parameters:
            if other != parameter:
                for text in ("True", "False", "0", *results):
                    made.setdefault((f"{parameter} > {other}", text), (0.12, False))
                    made.setdefault((f"{parameter} not in {other}", text), (0.1, False))
    for (test, value), (prior, overfits) in made.items():
        lines = [f"{indent}if {test}:", f"{indent}{source.unit}return {value}"]
        code = source.relined(at, at - 1, lines)
        what = f"the start of function `{function.name}`"
        yield Candidate(code, "guard", prior, at, what, overfits)


def _from_test(made: dict[tuple[str, str], tuple[float, bool]], parameter: str, argument: str, result: str) -> None:
    """Guards that a test suggests; those that write its very answer down are told apart."""
    written_down = result not in _PLAIN
    if argument in _EMPTY:
        made[f"not {parameter}", result] = (0.2 if written_down else 0.7, written_down)
    elif argument in ("0", "1"):
        made.setdefault((f"{parameter} == {argument}", result), (0.1 if written_down else 0.45, written_down))
    else:
        made.setdefault((f"{parameter} == {argument}", result), (0.02, True))
