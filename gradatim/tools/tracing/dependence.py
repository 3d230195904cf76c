"""What each line of a program reads, writes and decides, judged by its text alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from gradatim.tools.analysis.program import FunctionNode, Program, stored_names

_Header = ast.If | ast.While | ast.For | ast.AsyncFor | ast.With | ast.AsyncWith | ast.Try | ast.Match
_Deciding = ast.If | ast.While | ast.For | ast.AsyncFor | ast.Match
_Jump = ast.Return | ast.Raise | ast.Break | ast.Continue
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(slots=True)
class LineFacts:
    """What the statements that begin on one line do.

    Attributes:
        uses: Names that they read.
        defines: Names that they bind, or whose object they change.
        guards: Lines of the conditions and loops that decide whether the line runs.
        calls: Names of functions and methods that they call.
        function: Line of the function that they stand in; 0 at module level.
        prints: Whether they print.
        gives: Whether they return or yield a value.
    """

    uses: set[str] = field(default_factory=set[str])
    defines: set[str] = field(default_factory=set[str])
    guards: set[int] = field(default_factory=set[int])
    calls: set[str] = field(default_factory=set[str])
    function: int = 0
    prints: bool = False
    gives: bool = False


@dataclass(frozen=True, slots=True)
class LoopPlace:
    """A loop: the line of its header, and the last line of its body."""

    header: int
    last: int


def line_facts(program: Program) -> dict[int, LineFacts]:
    """The facts of every line on which a statement begins; empty for a program that is not Python."""
    found: dict[int, LineFacts] = {}
    for statement in program.nodes:
        if not isinstance(statement, ast.stmt) or isinstance(statement, ast.ClassDef):
            continue
        facts = found.setdefault(statement.lineno, LineFacts())
        home = program.enclosing_function(statement)
        facts.function = home.line if home is not None else 0
        facts.guards |= {item.lineno for item in _guards(program, statement)} - {statement.lineno}
        if isinstance(statement, FunctionNode):
            facts.defines.add(statement.name)
            continue
        for node in _own_parts(statement):
            _add(facts, node)
    for jump in program.nodes:
        if isinstance(jump, _Jump):
            _add_jump(program, jump, found)
    return found


def loops_of(program: Program) -> tuple[LoopPlace, ...]:
    """All loops in the order of their headers."""
    found = [
        LoopPlace(node.lineno, node.body[-1].end_lineno or node.lineno)
        for node in program.nodes
        if isinstance(node, ast.For | ast.AsyncFor | ast.While)
    ]
    return tuple(sorted(found, key=lambda item: item.header))


def _own_parts(statement: ast.stmt) -> Iterator[ast.AST]:
    """Nodes of a statement without those of the statements inside it, and without inner functions."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, ast.Lambda):
            continue
        inner = (ast.stmt, ast.ExceptHandler, ast.match_case, *_SCOPES)
        stack.extend(child for child in ast.iter_child_nodes(node) if not isinstance(child, inner))


def _add(facts: LineFacts, node: ast.AST) -> None:
    facts.defines.update(stored_names(node))
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            facts.uses.add(name)
        case ast.AugAssign(target=ast.Name(id=name)):
            facts.uses.add(name)
        case (
            ast.Subscript(ctx=ast.Store() | ast.Del(), value=value)
            | ast.Attribute(ctx=ast.Store() | ast.Del(), value=value)
        ):
            facts.defines |= {item.id for item in ast.walk(value) if isinstance(item, ast.Name)}
        case ast.Call(func=ast.Name(id=name)):
            facts.calls.add(name)
            facts.prints |= name == "print"
        case ast.Call(func=ast.Attribute(attr=name)):
            facts.calls.add(name)
            facts.prints |= name == "write"
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            facts.defines.add(name)
        case ast.Return(value=value):
            facts.gives |= value is not None
        case ast.Yield() | ast.YieldFrom():
            facts.gives = True
        case _:
            pass


def _guards(program: Program, node: ast.AST) -> Iterator[_Deciding]:
    """Conditions and loops around a node within its function, innermost first."""
    for above in program.ancestors(node):
        if isinstance(above, _SCOPES):
            return
        if isinstance(above, _Deciding):
            yield above


def _add_jump(program: Program, jump: ast.stmt, found: dict[int, LineFacts]) -> None:
    """What comes after a return, raise, break or continue hangs on the condition that leads to it."""
    around = list(_guards(program, jump))
    condition = next((item for item in around if isinstance(item, ast.If | ast.Match)), None)
    loop = next((item for item in around if isinstance(item, ast.For | ast.AsyncFor | ast.While)), None)
    if condition is None:
        return
    home = program.enclosing_function(jump)
    first = home.line if home is not None else 0
    for line, facts in found.items():
        inside = loop is not None and loop.lineno <= line <= (loop.end_lineno or 0)
        after = line > jump.lineno and (isinstance(jump, ast.Return | ast.Raise | ast.Break) or inside)
        if facts.function == first and (after or inside) and line != condition.lineno:
            facts.guards.add(condition.lineno)
