"""A program's text and tree together: where nodes stand, and how to change only what must be changed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from gradatim.domain import Task
from gradatim.tools.analysis.program import Function, FunctionNode, Program, own_nodes
from gradatim.tools.repair.candidate import Candidate

Replacement = tuple[int, int, str]
"""Characters from, to (exclusive), and what takes their place."""

_BINDS_TIGHTER = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Attribute, ast.Subscript, ast.Call, ast.BoolOp, ast.Await)
_LOOSE = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda, ast.Tuple, ast.NamedExpr)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the task's tests tell: names that they call, and values.

    Attributes:
        calls: Name of a called function → the numbers of arguments that tests give it.
        results: Literals that tests expect, with the argument literals of the call where it has only such.
        inputs: Whether the program reads input and prints, rather than being called.
    """

    calls: dict[str, frozenset[int]]
    results: tuple[tuple[str, tuple[str, ...], str], ...]
    inputs: bool

    @classmethod
    def of(cls, task: Task) -> Expected:
        """What the visible form of a task's tests tells."""
        calls: dict[str, set[int]] = {}
        results: list[tuple[str, tuple[str, ...], str]] = []
        if task.entry_point:
            calls[task.entry_point] = set()
        for case in task.tests:
            text = case.call or case.check
            tree = _parsed(text) if text else None
            if tree is None:
                continue
            written = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
            bound = {node.id for node in written if not isinstance(node.ctx, ast.Load)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in bound:
                    calls.setdefault(node.func.id, set()).add(len(node.args))
            body = tree.body
            if case.call and case.expect and len(body) == 1 and isinstance(body[0], ast.Expr):
                call = body[0].value
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and not call.keywords:
                    arguments = tuple(ast.unparse(item) for item in call.args)
                    results.append((call.func.id, arguments, case.expect.strip()))
        return cls({name: frozenset(counts) for name, counts in calls.items()}, tuple(results), task.kind == "program")


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class Source:
    """A program that edits are made on.

    Args:
        code: The program.
        expected: What the tests tell.
        given: Names that the task's set-up code defines.
    """

    def __init__(self, code: str, expected: Expected, given: frozenset[str] = frozenset()) -> None:
        self.program = Program.parse(code)
        self.expected = expected
        self.given = given
        self.text = self.program.source
        self.lines = self.program.lines
        self._starts: list[int] = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    # -------------------------------------------------------------------------------------- places

    def offset(self, line: int, column: int) -> int:
        """Character that a line and a UTF-8 column, as the tree has them, stand for."""
        text = self.lines[line - 1]
        if not text.isascii():
            column = len(text.encode()[:column].decode(errors="ignore"))
        return self._starts[line - 1] + column

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Characters of a node."""
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )

    def get(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def whole(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Characters of a node with the parentheses right around it."""
        start, end = self.span(node)
        while start > 0 and end < len(self.text) and self.text[start - 1] == "(" and self.text[end] == ")":
            before = self.text[start - 2] if start > 1 else " "
            if before.isalnum() or before in "_)]":
                break
            start, end = start - 1, end + 1
        return start, end

    def line_of(self, position: int) -> int:
        """The line that a character stands in."""
        return self.text.count("\n", 0, position) + 1

    def indent(self, line: int) -> str:
        """White space at the start of a line."""
        text = self.lines[line - 1]
        return text[: len(text) - len(text.lstrip())]

    @cached_property
    def unit(self) -> str:
        """One level of indentation as this program has it."""
        for node in self.program.nodes:
            if isinstance(node, FunctionNode | ast.For | ast.While | ast.If) and node.body[0].lineno > node.lineno:
                outer, inner = self.indent(node.lineno), self.indent(node.body[0].lineno)
                if inner.startswith(outer) and len(inner) > len(outer):
                    return inner[len(outer) :]
        return "    "

    def extent(self, statement: ast.stmt) -> tuple[int, int] | None:
        """First and last line of a statement that has its lines for itself; `None` for one that shares them."""
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        if isinstance(statement, FunctionNode | ast.ClassDef) and statement.decorator_list:
            first = statement.decorator_list[0].lineno
        head = self.text[self._starts[first - 1] : self.offset(statement.lineno, statement.col_offset)]
        tail = self.text[self.span(statement)[1] : self._starts[last] - 1].strip()
        if (head.strip() and first == statement.lineno) or (tail and not tail.startswith("#")):
            return None
        return first, last

    def block(self, statements: Sequence[ast.stmt]) -> tuple[int, int] | None:
        """First and last line of statements that follow each other."""
        first, last = self.extent(statements[0]), self.extent(statements[-1])
        return None if first is None or last is None else (first[0], last[1])

    # -------------------------------------------------------------------------------------- changes

    def changed(self, replacements: Iterable[Replacement]) -> str:
        """The text with some characters replaced; the places must not overlap."""
        text = self.text
        for start, end, new in sorted(replacements, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def relined(self, first: int, last: int, new: Sequence[str]) -> str:
        """The text with lines replaced; `last` is `first - 1` to put lines before `first`."""
        return "\n".join((*self.lines[: first - 1], *new, *self.lines[last:]))

    def taken(self, first: int, last: int) -> list[str]:
        """Some of the lines."""
        return list(self.lines[first - 1 : last])

    def reindented(self, lines: Iterable[str], old: str, new: str) -> list[str]:
        """Lines that began with one indentation, with another."""
        return [new + line[len(old) :] if line.startswith(old) else line for line in lines]

    def swap(
        self, node: ast.expr, text: str, operator: str, prior: float, what: str, *, overfits: bool = False
    ) -> Candidate:
        """A candidate with another expression in place of a node; parentheses are put where they are needed."""
        start, end = self.span(node)
        if self._needs_parentheses(node, text):
            text = f"({text})"
        return Candidate(self.changed([(start, end, text)]), operator, prior, node.lineno, what, overfits)

    def _needs_parentheses(self, node: ast.expr, text: str) -> bool:
        parent = self.program.parent(node)
        if not isinstance(parent, _BINDS_TIGHTER) or (isinstance(parent, ast.Call) and parent.func is not node):
            return False
        if isinstance(parent, ast.Subscript) and parent.value is not node:
            return False
        if re.fullmatch(r"\w+", text):
            return False
        around = self.text[: self.span(node)[0]].rstrip()[-1:], self.text[self.span(node)[1] :].lstrip()[:1]
        if around == ("(", ")"):
            return False
        tree = _parsed(text)
        if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
            return True
        value = tree.body[0].value
        if isinstance(value, ast.BinOp) and isinstance(parent, ast.Compare):
            return False
        if isinstance(value, ast.Compare | ast.UnaryOp | ast.BinOp) and isinstance(parent, ast.BoolOp):
            return False
        return isinstance(value, _LOOSE)

    # -------------------------------------------------------------------------------------- contents

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        return self.program.functions

    def names_in(self, function: Function | None) -> tuple[str, ...]:
        """Variables that code of a function may use, those of its own first; no functions."""
        own: dict[str, None] = {}
        if function is not None:
            own.update(dict.fromkeys(function.parameters))
            for name, nodes in function.binders.items():
                if not all(isinstance(node, FunctionNode | ast.ClassDef) for node in nodes):
                    own[name] = None
        else:
            own.update(dict.fromkeys(n.id for n in self.program.top if isinstance(n, ast.Name) and _stores(n)))
        return tuple(own)

    def scopes(self) -> Iterator[tuple[Function | None, tuple[ast.AST, ...], list[ast.stmt]]]:
        """Each function (`None` for the module level) with its nodes and its statements."""
        for function in self.functions:
            yield function, function.nodes, function.body
        tree = self.program.tree
        if tree is not None:
            yield None, self.program.top, tree.body

    def comprehension_names(self, root: ast.AST) -> frozenset[str]:
        """Names that comprehensions and lambdas below a node bind."""
        found: set[str] = set()
        for node in ast.walk(root):
            if isinstance(node, ast.comprehension):
                found |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
            elif isinstance(node, ast.Lambda):
                found |= {item.arg for item in node.args.args}
        return frozenset(found)

    def statements(self, function: Function | None) -> list[ast.stmt]:
        """All statements of a scope at any depth, in reading order, without nested definitions' bodies."""
        root: ast.AST | None = function.node if function is not None else self.program.tree
        return [] if root is None else [node for node in own_nodes(root) if isinstance(node, ast.stmt)]


def _stores(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def names_of(setup: str) -> frozenset[str]:
    """Names that a task's set-up code defines."""
    return Program.parse(setup).top_names
