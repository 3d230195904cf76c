"""A student's program as the detectors see it: its tree with parents, functions, names and loops."""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from gradatim.tools.analysis.faults import SyntaxFault, fault_of

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While
Scope = FunctionNode | ast.Lambda | ast.ClassDef

BUILT_IN_NAMES = frozenset(dir(builtins))


def own_nodes(root: ast.AST) -> Iterator[ast.AST]:
    """The nodes below `root` in reading order, without what lies inside nested functions and classes.

    The nested definitions themselves are among the nodes.
    """
    stack = list(reversed(list(ast.iter_child_nodes(root))))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))


def stored_names(node: ast.AST) -> Iterator[str]:
    """Names that this one node binds (assignment, definition, import, loop target, except … as)."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names):
            for alias in names:
                yield alias.asname or alias.name.split(".")[0]
        case ast.ImportFrom(names=names):
            for alias in names:
                yield alias.asname or alias.name
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case _:
            return


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method of the program.

    Attributes:
        name: As defined.
        node: Its definition.
        parameters: Positional parameters in order, then keyword-only ones.
        owner: Name of the class it is a method of, if any.
        outer: The function that it is defined in, if any.
        nodes: Nodes of its body in reading order, without nested definitions' bodies.
    """

    name: str
    node: FunctionNode
    parameters: tuple[str, ...]
    owner: str | None
    outer: FunctionNode | None
    nodes: tuple[ast.AST, ...] = field(repr=False)
    binders: Mapping[str, tuple[ast.AST, ...]] = field(repr=False, compare=False)
    """Name → nodes of the body that bind it."""

    @property
    def line(self) -> int:
        return self.node.lineno

    @property
    def body(self) -> list[ast.stmt]:
        """Its statements without a docstring."""
        body = self.node.body
        first = body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            return body[1:]
        return body

    @property
    def returns(self) -> tuple[ast.Return, ...]:
        return tuple(node for node in self.nodes if isinstance(node, ast.Return))

    @property
    def returns_value(self) -> bool:
        """Whether it has a return with something other than a bare None."""
        return any(not is_none(item.value) for item in self.returns)

    @property
    def yields(self) -> bool:
        return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in self.nodes)

    @property
    def trivial(self) -> bool:
        """Whether nothing has been written yet: only `pass`, `...` or a bare return."""
        return all(
            isinstance(item, ast.Pass)
            or (isinstance(item, ast.Return) and is_none(item.value))
            or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
            for item in self.body
        )

    @property
    def declared_elsewhere(self) -> frozenset[str]:
        """Names declared global or nonlocal in it."""
        return frozenset(
            name for node in self.nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
        )

    @property
    def locals(self) -> frozenset[str]:
        """Names that belong to a call of it."""
        return (frozenset(self.binders) | frozenset(_all_parameters(self.node.args))) - self.declared_elsewhere

    def loads(self, name: str) -> tuple[ast.Name, ...]:
        """Places where the value of a name is read."""
        return tuple(n for n in self.nodes if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load))

    def stores(self, name: str) -> tuple[ast.AST, ...]:
        """Nodes that bind a name (for assignments the target)."""
        return self.binders.get(name, ())


def _all_parameters(arguments: ast.arguments) -> list[str]:
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    given += [item for item in (arguments.vararg, arguments.kwarg) if item is not None]
    return [item.arg for item in given]


def is_none(node: ast.expr | None) -> bool:
    """Whether a value is left out or written as None."""
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _binders(nodes: tuple[ast.AST, ...]) -> dict[str, tuple[ast.AST, ...]]:
    found: dict[str, list[ast.AST]] = {}
    for node in nodes:
        for name in stored_names(node):
            found.setdefault(name, []).append(node)
    return {name: tuple(binding) for name, binding in found.items()}


def _no_parents() -> Mapping[ast.AST, ast.AST]:
    return {}


@dataclass(frozen=True)
class Program:
    """A parsed program; without a tree if Python cannot read it.

    Attributes:
        source: The text with `\\n` line ends.
        lines: Its lines; line n of the program is `lines[n - 1]`.
        tree: `None` if the source is not Python.
        fault: What the compiler refused, if anything; some faults (`return` outside a function) leave a tree.
    """

    source: str
    lines: tuple[str, ...] = field(repr=False)
    tree: ast.Module | None = field(repr=False)
    fault: SyntaxFault | None
    _parents: Mapping[ast.AST, ast.AST] = field(repr=False, compare=False, default_factory=_no_parents)

    @classmethod
    def parse(cls, code: str) -> Program:
        """Read a program; a wrong one is a `Program` with a `fault`, never an exception."""
        source = code.replace("\r\n", "\n").replace("\r", "\n")
        lines = tuple(source.split("\n"))
        tree: ast.Module | None = None
        fault: SyntaxFault | None = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                tree = ast.parse(source)
                compile(tree, "<submission>", "exec", dont_inherit=True)
            except SyntaxError as error:
                fault = fault_of(error, lines)
            except (ValueError, RecursionError, MemoryError) as error:
                # Null bytes, surrogates or nesting beyond what the parser takes.
                message = str(error) or "The program is too deeply nested."
                fault = SyntaxFault(type(error).__name__, message, 1, "Python cannot read this text as a program.")
        parents: dict[ast.AST, ast.AST] = {}
        if tree is not None:
            for node in ast.walk(tree):
                for child in ast.iter_child_nodes(node):
                    parents[child] = node
        return cls(source, lines, tree, fault, parents)

    # ------------------------------------------------------------------------------------ places

    def line(self, number: int) -> str:
        """Text of a line without surrounding blanks; empty beyond the program."""
        return self.lines[number - 1].strip() if 1 <= number <= len(self.lines) else ""

    def text(self, node: ast.AST) -> str:
        """The source of a node, exactly as written; of several lines, the first."""
        if not isinstance(node, ast.expr | ast.stmt):
            return ""
        raw = self.lines[node.lineno - 1].encode()
        if node.end_lineno != node.lineno:
            return raw[node.col_offset :].decode(errors="replace").strip()
        return raw[node.col_offset : node.end_col_offset].decode(errors="replace")

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self._parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Parents from the nearest outwards."""
        above = self._parents.get(node)
        while above is not None:
            yield above
            above = self._parents.get(above)

    def enclosing_function(self, node: ast.AST) -> Function | None:
        for above in self.ancestors(node):
            if isinstance(above, FunctionNode):
                return self._by_node.get(above)
        return None

    def loops_around(self, node: ast.AST) -> tuple[Loop, ...]:
        """Loops of the same function whose body holds the node, innermost first.

        The parts evaluated once before a for loop do not count as held by it.
        """
        found: list[Loop] = []
        below: ast.AST = node
        for above in self.ancestors(node):
            if isinstance(above, FunctionNode | ast.Lambda | ast.ClassDef):
                break
            if (isinstance(above, ast.While) and below not in above.orelse) or (
                isinstance(above, ast.For | ast.AsyncFor) and below in above.body
            ):
                found.append(above)
            below = above
        return tuple(found)

    @cached_property
    def _places(self) -> dict[ast.stmt, tuple[list[ast.stmt], int]]:
        """Statement → the list it stands in, and its position there."""
        found: dict[ast.stmt, tuple[list[ast.stmt], int]] = {}
        for node in self.nodes:
            for name in ("body", "orelse", "finalbody"):
                value: object = getattr(node, name, None)
                block = cast("list[ast.stmt]", value) if isinstance(value, list) else []
                for position, statement in enumerate(block):
                    found[statement] = (block, position)
        return found

    def block_of(self, statement: ast.stmt) -> list[ast.stmt]:
        """The list of statements that a statement stands in."""
        return self._places[statement][0]

    def rest_of_block(self, statement: ast.stmt) -> list[ast.stmt]:
        """A statement and those that follow it in its block."""
        block, position = self._places[statement]
        return block[position:]

    def next_of(self, statement: ast.stmt) -> ast.stmt | None:
        """The statement that follows in the same block."""
        block, position = self._places[statement]
        return block[position + 1] if position + 1 < len(block) else None

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement that holds a node."""
        if isinstance(node, ast.stmt):
            return node
        return next((above for above in self.ancestors(node) if isinstance(above, ast.stmt)), None)

    # ------------------------------------------------------------------------------------ contents

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes, outer before inner."""
        return tuple(ast.walk(self.tree)) if self.tree is not None else ()

    @cached_property
    def top(self) -> tuple[ast.AST, ...]:
        """Nodes of the module level in reading order."""
        return tuple(own_nodes(self.tree)) if self.tree is not None else ()

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """All functions and methods in the order of their lines."""
        found: list[Function] = []
        for node in self.nodes:
            if not isinstance(node, FunctionNode):
                continue
            above = self._parents.get(node)
            arguments = node.args
            outer = next((item for item in self.ancestors(node) if isinstance(item, FunctionNode)), None)
            positional = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            nodes = tuple(own_nodes(node))
            found.append(
                Function(
                    name=node.name,
                    node=node,
                    parameters=tuple(item.arg for item in positional),
                    owner=above.name if isinstance(above, ast.ClassDef) else None,
                    outer=outer,
                    nodes=nodes,
                    binders=_binders(nodes),
                )
            )
        return tuple(sorted(found, key=lambda item: item.line))

    @cached_property
    def _by_node(self) -> dict[ast.AST, Function]:
        return {item.node: item for item in self.functions}

    @cached_property
    def classes(self) -> tuple[ast.ClassDef, ...]:
        return tuple(node for node in self.nodes if isinstance(node, ast.ClassDef))

    def function(self, name: str) -> Function | None:
        """The last module-level function of this name: the one that a call reaches."""
        plain = [item for item in self.functions if item.name == name and item.owner is None and item.outer is None]
        return plain[-1] if plain else None

    def methods(self, class_name: str) -> tuple[Function, ...]:
        return tuple(item for item in self.functions if item.owner == class_name)

    @cached_property
    def top_names(self) -> frozenset[str]:
        """Names bound at module level, also from functions by `global`."""
        bound = {name for node in self.top for name in stored_names(node)}
        for function in self.functions:
            bound |= function.binders.keys() & function.declared_elsewhere
        return frozenset(bound)

    @cached_property
    def star_import(self) -> bool:
        """Whether `from … import *` makes the set of known names unknown."""
        return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in self.nodes)

    @cached_property
    def imports(self) -> frozenset[str]:
        """Modules imported by name anywhere."""
        return frozenset(
            alias.name.split(".")[0] for node in self.nodes if isinstance(node, ast.Import) for alias in node.names
        )

    def names_visible_in(self, function: Function | None) -> frozenset[str]:
        """Names of the program that code of a function (or the module level) may use."""
        names = set(self.top_names)
        while function is not None:
            names |= function.locals
            function = self._by_node.get(function.outer) if function.outer is not None else None
        return frozenset(names)
