"""A program cut into the pieces that are repaired one by one: each definition, and the module's own code."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gradatim.tools.repair.pool.compiling import tree_of
from gradatim.tools.repair.pool.lines import Line, Reader, line

MODULE = ""
"""Name of the piece that holds the module's own code."""
Variable = tuple[str, str]
"""Scope and name: a method's own names, `.` for attributes of the class, an empty scope for all others."""
ATTRIBUTE = "."
KNOWN_WORDS = frozenset(dir(builtins)) | frozenset(keyword.kwlist)


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of a program.

    Attributes:
        name: What it defines; empty for the module's own code.
        lines: In the order of the file; the first one is the root.
        variables: Names that it gives values to, in order of appearance, parameters first.
        parameters: Those that are parameters of the definition itself.
        words: Every name in it.
        first: First line of the file, decorators included.
        last: Last line of the file.
    """

    name: str
    lines: tuple[Line, ...]
    variables: tuple[Variable, ...]
    parameters: tuple[Variable, ...]
    words: frozenset[str]
    first: int
    last: int

    @property
    def size(self) -> int:
        """Logical lines, a definition taken as a whole counting all of its own."""
        return sum(max(1, item.text.count("\n") + 1) for item in self.lines if item.kind != "module")


@dataclass(slots=True)
class Program:
    """A program and its pieces.

    Attributes:
        physical: Lines of the file, without their ends.
        tree: Syntax tree; `None` where the program does not compile.
    """

    code: str
    physical: list[str]
    tree: ast.Module | None
    newline: str
    _units: dict[str, Unit] = field(default_factory=dict[str, Unit])

    @classmethod
    def parse(cls, code: str) -> Program:
        """Take in a program; its text may be anything."""
        newline = "\r\n" if "\r\n" in code else "\n"
        physical = re.split(r"\r\n|\r|\n", code)
        if physical and not physical[-1]:
            physical.pop()
        return cls(code, physical, tree_of("\n".join(physical)), newline)

    @property
    def definitions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
        """Functions and classes of the module, by name; of several with one name the last."""
        body = self.tree.body if self.tree else []
        return {
            node.name: node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }

    def unit(self, name: str) -> Unit | None:
        """The piece of that name, if there is one."""
        if name not in self._units:
            made = self._module() if name == MODULE else self._definition(name)
            if made is None:
                return None
            self._units[name] = made
        return self._units[name]

    def _definition(self, name: str) -> Unit | None:
        node = self.definitions.get(name)
        if node is None:
            return None
        reader = Reader(self.physical, scoped=isinstance(node, ast.ClassDef))
        reader.definition(node, -1)
        parameters = () if isinstance(node, ast.ClassDef) else tuple(("", item.arg) for item in _arguments(node))
        first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
        return Unit(
            name,
            tuple(reader.lines),
            tuple(dict.fromkeys((*parameters, *_variables(node, isinstance(node, ast.ClassDef))))),
            parameters,
            _words(reader.lines),
            first,
            node.end_lineno or node.lineno,
        )

    def _module(self) -> Unit | None:
        if self.tree is None:
            return None
        reader = Reader(self.physical, whole=True)
        reader.lines.append(line("module", "", -1, 0, 0))
        reader.body([node for node in self.tree.body if not _only_text(node)], 0)
        names = dict.fromkeys(name for node in self.tree.body for name in _stored(node, inner=False))
        return Unit(
            MODULE,
            tuple(reader.lines),
            tuple(("", name) for name in names),
            (),
            _words(reader.lines),
            1,
            len(self.physical),
        )


def _only_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _words(lines: Sequence[Line]) -> frozenset[str]:
    return frozenset(token for item in lines for token in item.label if token.isidentifier())


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    every = node.args
    rest = [item for item in (every.vararg, every.kwarg) if item is not None]
    return [*every.posonlyargs, *every.args, *every.kwonlyargs, *rest]


def _variables(node: ast.AST, is_class: bool) -> Iterator[Variable]:
    if not is_class:
        yield from (("", name) for name in _stored(node))
        return
    assert isinstance(node, ast.ClassDef)
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ((statement.name, item.arg) for item in _arguments(statement))
            yield from ((statement.name, name) for name in _stored(statement))
            for inner in ast.walk(statement):
                if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
                    yield (ATTRIBUTE, inner.attr)
        else:
            yield from ((ATTRIBUTE, name) for name in _stored(statement))


def _stored(node: ast.AST, *, inner: bool = True) -> Iterator[str]:
    """Names that get a value under a node, in order; those declared global are somebody else's."""
    foreign: set[str] = set()
    found: list[str] = []
    waiting: list[ast.AST] = list(ast.iter_child_nodes(node)) if inner else [node]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, ast.Global):
            foreign.update(item.names)
        elif isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            found.append(item.id)
        elif isinstance(item, ast.arg):
            found.append(item.arg)
        elif isinstance(item, ast.ExceptHandler) and item.name:
            found.append(item.name)
        elif isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not inner:
                continue
            found.append(item.name)
        waiting[0:0] = list(ast.iter_child_nodes(item))
    yield from (name for name in dict.fromkeys(found) if name not in foreign)
