"""The student's program with some of its pieces taken from a correct one."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradatim.tools.repair.pool.index import Donor
from gradatim.tools.repair.pool.unit import MODULE, Program

Support = tuple[tuple[str, str], ...]
"""Name and text of helpers, constants and imports that a piece needs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """New lines for one piece, with what they need."""

    lines: tuple[str, ...]
    support: Support = ()


def taken(donor: Donor, name: str, present: frozenset[str]) -> Piece | None:
    """A piece of a correct program as it stands there."""
    unit = donor.program.unit(name)
    if unit is None:
        return None
    if name == MODULE:
        body = donor.program.tree.body if donor.program.tree else []
        rest = [node for node in body if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
        helpers = tuple(item for item in donor.support(name, present) if item[0] in donor.program.definitions)
        return Piece(tuple(row for node in rest for row in ast.unparse(node).split("\n")), helpers)
    return Piece(tuple(donor.program.physical[unit.first - 1 : unit.last]), donor.support(name, present))


def assemble(student: Program, pieces: Mapping[str, Piece]) -> list[str]:
    """Lines of the student's program with some pieces replaced, or added where it lacks them.

    Imports and constants that pieces need come before everything else, helpers right before the piece.
    """
    present = {name: student.unit(name) for name in student.definitions}
    have = set(_top_names(student))
    top: list[str] = []
    after: dict[int, tuple[int, list[str]]] = {}
    end: list[str] = []
    for name, piece in pieces.items():
        if name == MODULE:
            continue
        helpers: list[str] = []
        for other, text in piece.support:
            if other in have:
                continue
            have.add(other)
            if text.startswith(("def ", "class ", "async ", "@")):
                helpers += [*text.split("\n"), "", ""]
            elif text not in top:
                top += text.split("\n")
        unit = present.get(name)
        if unit is None:
            end += ["", "", *helpers, *piece.lines]
        else:
            after[unit.first] = (unit.last, [*helpers, *piece.lines])
    module = pieces.get(MODULE)
    if module is not None:
        return _with_module(student, module, after, top, end)
    out: list[str] = []
    number = 1
    start = _start(student)
    while number <= len(student.physical):
        if number == start:
            out += top
        if number in after:
            last, lines = after[number]
            out += lines
            number = last + 1
            continue
        out.append(student.physical[number - 1])
        number += 1
    if number <= start:
        out += top
    return out + end


def _with_module(
    student: Program, module: Piece, after: Mapping[int, tuple[int, list[str]]], top: Sequence[str], end: Sequence[str]
) -> list[str]:
    """The student's definitions, then new code of the module itself."""
    out = [*top, *(row for name, text in module.support if name not in student.definitions for row in text.split("\n"))]
    for name in student.definitions:
        unit = student.unit(name)
        if unit is not None:
            out += after[unit.first][1] if unit.first in after else student.physical[unit.first - 1 : unit.last]
            out += ["", ""]
    return [*out, *end, *module.lines]


def _start(student: Program) -> int:
    """Where imports and constants go: before the first statement that is no docstring."""
    body = student.tree.body if student.tree else []
    for node in body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        return min([node.lineno, *(item.lineno for item in decorators)])
    return len(student.physical) + 1


def _top_names(program: Program) -> list[str]:
    found: list[str] = list(program.definitions)
    for node in program.tree.body if program.tree else ():
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += [(alias.asname or alias.name).split(".")[0] for alias in node.names]
        elif isinstance(node, ast.Assign):
            found += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return found
