"""Calls of library functions, whichever way their module was imported."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from gradatim.tools.analysis.program import Program


def library_name(program: Program, node: ast.AST | None, module: str) -> str | None:
    """What of a module an expression names: `sqrt` for `math.sqrt`, `m.sqrt` or an imported `sqrt`; else `None`."""
    match node:
        case ast.Attribute(value=owner, attr=name) if _is_module(program, owner, module):
            return name
        case ast.Name(id=name):
            return _from_imports(program, module).get(name)
        case _:
            return None


def library_call(program: Program, node: ast.AST | None, module: str) -> str | None:
    """Name of a module's function that a call calls."""
    return library_name(program, node.func, module) if isinstance(node, ast.Call) else None


@dataclass(frozen=True, slots=True)
class _Imports:
    """Names of modules, and of what was imported from them, as a program uses them."""

    modules: dict[str, set[str]]
    members: dict[str, dict[str, str]]


_known: WeakKeyDictionary[ast.Module, _Imports] = WeakKeyDictionary()
"""Tree of a program → its imports, which many detectors ask for at every node."""


def _imports(program: Program) -> _Imports:
    if program.tree is None:
        return _Imports({}, {})
    found = _known.get(program.tree)
    if found is None:
        found = _Imports({}, {})
        for node in program.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found.modules.setdefault(alias.name, set()).add(alias.asname or alias.name)
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                names = found.members.setdefault(node.module, {})
                names.update({alias.asname or alias.name: alias.name for alias in node.names})
        _known[program.tree] = found
    return found


def _is_module(program: Program, node: ast.expr, module: str) -> bool:
    names = {module} | _imports(program).modules.get(module, set())
    match node:
        case ast.Name(id=name):
            return name in names
        case ast.Attribute(value=ast.Name(id=outer), attr=inner):
            return f"{outer}.{inner}" in names
        case _:
            return False


def _from_imports(program: Program, module: str) -> dict[str, str]:
    return _imports(program).members.get(module, {})
