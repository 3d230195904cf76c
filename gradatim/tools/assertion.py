"""Assertions of a task, taken apart: operands are evaluated in the sandbox, operators are applied on the host.

A verdict that is computed inside the tested process can be forged there. So `assert f(3) == [1, 2]` becomes the
expression `f(3)`, which the tested process evaluates, and the comparison with `[1, 2]`, which never leaves the host.
Where an operand is not a literal and names nothing but builtins (`sorted("ba")`), it is evaluated in the sandbox too,
but in a process in which the tested program is not.
"""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradatim.tools.sandbox.job import Step

_BUILTIN_NAMES = frozenset(dir(builtins)) - {
    "input", "print", "open", "globals", "locals", "vars", "dir", "eval", "exec", "__import__", "id", "exit", "quit",
    "getattr", "setattr", "delattr",
}  # fmt: skip
_TYPES: dict[str, type] = {
    kind.__name__: kind
    for kind in (int, float, complex, bool, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, type(None))
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the assertion itself."""

    value: Any
    text: str


@dataclass(frozen=True, slots=True)
class Live:
    """A value that the tested process gives: the result of one of the probe's steps."""

    step: int
    text: str


@dataclass(frozen=True, slots=True)
class Clean:
    """A value that does not depend on the tested program: the result of an expression evaluated apart from it."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class TypeOf:
    """`type(x)`."""

    operand: Node
    text: str


@dataclass(frozen=True, slots=True)
class IsInstance:
    """`isinstance(x, T)` for plain types."""

    operand: Node
    types: tuple[type, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Apply:
    """`abs`, `round`, `math.isclose` or an arithmetic operator on plain values."""

    function: str
    operands: tuple[Node, ...]
    keywords: tuple[tuple[str, Node], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`a < b <= c`; `steps` holds, where both sides are live, the step that compares them within the program."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]
    steps: tuple[int | None, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Boolean:
    """`not`, `and`, `or`."""

    operator: str
    operands: tuple[Node, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Every:
    """`all(…)` or `any(…)`; within it live and clean values are lists with one item for each turn."""

    quantifier: str
    inner: Node
    text: str


Node = Literal | Live | Clean | TypeOf | IsInstance | Apply | Comparison | Boolean | Every


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assert statement.

    Attributes:
        node: What is asserted.
        text: The asserted expression as Python.
        after: How many steps of the probe Python would have done before it.
    """

    node: Node
    text: str
    after: int


@dataclass(frozen=True, slots=True)
class ParsedCheck:
    """A check: what the tested process does, what is evaluated apart, and what is judged on the host."""

    steps: tuple[Step, ...]
    clean: tuple[str, ...]
    assertions: tuple[Assertion, ...]


def parse_check(text: str, entry_point: str | None = None) -> ParsedCheck:
    """Take a check apart.

    Args:
        text: Statements with at least one assert among them.
        entry_point: Name that belongs to the tested program even where it is that of a builtin.

    Raises:
        ValueError: It does not compile, asserts nothing, or asserts in a way that cannot be judged on the host;
            says what and what to write instead.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text)
            compile(tree, "<check>", "exec", dont_inherit=True)
    except SyntaxError as error:
        raise ValueError(f"the check is not Python (line {error.lineno or 1}: {error.msg})") from error
    except (MemoryError, RecursionError) as error:
        raise ValueError("the check is nested too deeply") from error
    return _Parser(tree, entry_point).parse()


@dataclass
class _Parser:
    tree: ast.Module
    entry_point: str | None
    steps: list[Step] = field(default_factory=list[Step])
    clean: list[str] = field(default_factory=list[str])
    assigned: frozenset[str] = frozenset()
    generators: list[ast.comprehension] | None = None

    def parse(self) -> ParsedCheck:
        self.assigned = frozenset(name for part in ast.walk(self.tree) for name in _bound(part)) | (
            {self.entry_point} if self.entry_point else set()
        )
        assertions: list[Assertion] = []
        pending: list[ast.stmt] = []
        for statement in self.tree.body:
            if not isinstance(statement, ast.Assert):
                self._refuse_inner_asserts(statement)
                pending.append(statement)
                continue
            self._statements(pending)
            pending = []
            after = len(self.steps)
            node = self._boolean(statement.test)
            assertions.append(Assertion(node, ast.unparse(statement.test), after))
        if not assertions:
            raise ValueError("the check asserts nothing: end it with an assert statement")
        self._statements(pending)
        return ParsedCheck(tuple(self.steps), tuple(self.clean), tuple(assertions))

    def _statements(self, statements: Sequence[ast.stmt]) -> None:
        if statements:
            module = ast.Module(body=list(statements), type_ignores=[])
            self.steps.append(Step("exec", ast.unparse(module)))

    def _refuse_inner_asserts(self, statement: ast.stmt) -> None:
        for part in ast.walk(statement):
            if isinstance(part, ast.Assert):
                raise ValueError(
                    f"the assert on line {part.lineno} stands inside another statement, where it cannot be judged "
                    "outside the program: write one assert for each case, or `assert all(… for … in …)`"
                )

    # ------------------------------------------------------------------ where truth is asked for

    def _boolean(self, node: ast.expr) -> Node:
        """A part whose truth counts."""
        text = ast.unparse(node)
        match node:
            case ast.BoolOp():
                operator = "and" if isinstance(node.op, ast.And) else "or"
                return Boolean(operator, tuple(map(self._boolean, node.values)), text)
            case ast.UnaryOp(op=ast.Not()):
                return Boolean("not", (self._boolean(node.operand),), text)
            case ast.Call(func=ast.Name(id="bool"), args=[operand], keywords=[]) if "bool" not in self.assigned:
                return self._boolean(operand)
            case ast.IfExp():
                raise ValueError(f"`{text}` decides what to assert: write two tests")
            case _:
                return self._operand(node, truth=True)

    # ------------------------------------------------------------------ where the value counts

    def _operand(self, node: ast.expr, truth: bool = False) -> Node:
        text = ast.unparse(node)
        value = _literal_value(node)
        if value is not None:
            return Literal(value[0], text)
        match node:
            case ast.Name(id=name) if name in _TYPES and name not in self.assigned:
                return Literal(_TYPES[name], text)
            case ast.Compare():
                return self._comparison(node, text)
            case ast.UnaryOp(op=ast.Not()) | ast.BoolOp():
                return self._boolean(node)
            case ast.Call(func=ast.Name(id=name)) if name not in self.assigned:
                taken = self._call(name, node, text)
                if taken is not None:
                    return taken
            case ast.Call(func=ast.Attribute(value=ast.Name(id="math"), attr="isclose")):
                return self._apply("isclose", node, text)
            case ast.BinOp() if self._computes(node):
                sides = (self._operand(node.left), self._operand(node.right))
                return Apply(_ARITHMETIC[type(node.op)], sides, (), text)
            case _:
                pass
        return self._leaf(node, text, truth)

    def _comparison(self, node: ast.Compare, text: str) -> Comparison:
        operands = tuple(self._operand(part) for part in (node.left, *node.comparators))
        operators = tuple(_COMPARISONS[type(operator)] for operator in node.ops)
        steps: list[int | None] = []
        for left, operator, right in zip(operands, operators, operands[1:], strict=False):
            if isinstance(left, Live) and isinstance(right, Live) and self.generators is None:
                self.steps.append(Step("compare", operator, catch=True, truth=True, left=left.step, right=right.step))
                steps.append(len(self.steps) - 1)
            else:
                steps.append(None)
        return Comparison(operands, operators, tuple(steps), text)

    def _call(self, name: str, node: ast.Call, text: str) -> Node | None:
        """Builtin functions that the host applies itself."""
        match name, node.args:
            case "type", [operand] if not node.keywords:
                return TypeOf(self._operand(operand), text)
            case "isinstance", [operand, types] if not node.keywords:
                kinds = _plain_types(types, self.assigned)
                return None if kinds is None else IsInstance(self._operand(operand), kinds, text)
            case (("all" | "any"), [ast.GeneratorExp() | ast.ListComp() as argument]) if not node.keywords:
                return self._every(name, argument, text)
            case (("all" | "any"), [operand]) if not node.keywords:
                as_list = ast.Call(ast.Name("list", ast.Load()), [operand], [])
                return Every(name, self._leaf(as_list, ast.unparse(operand)), text)
            case "isclose", _:
                return self._apply(name, node, text)
            case (("abs" | "round"), [first, *_]) if self._computes(first):
                return self._apply(name, node, text)
            case _:
                return None

    def _apply(self, function: str, node: ast.Call, text: str) -> Apply:
        starred = any(isinstance(argument, ast.Starred) for argument in node.args)
        if starred or any(keyword.arg is None for keyword in node.keywords):
            raise ValueError(f"`{text}` cannot be judged outside the program: write the arguments one by one")
        keywords = tuple((k.arg or "", self._operand(k.value)) for k in node.keywords)
        return Apply(function, tuple(map(self._operand, node.args)), keywords, text)

    def _every(self, quantifier: str, argument: ast.GeneratorExp | ast.ListComp, text: str) -> Every:
        if self.generators is not None:
            raise ValueError(f"`{text}` stands within another all() or any(): write the cases out")
        self.generators = argument.generators
        try:
            return Every(quantifier, self._boolean(argument.elt), text)
        finally:
            self.generators = None

    def _leaf(self, node: ast.expr, text: str, truth: bool = False) -> Live | Clean:
        """Something that is evaluated as a whole."""
        source = node
        if self.generators is not None:
            source = ast.fix_missing_locations(ast.ListComp(elt=node, generators=self.generators))
        code = ast.unparse(source)
        if self._is_clean(source):
            self.clean.append(code)
            return Clean(len(self.clean) - 1, text)
        self.steps.append(Step("eval", code, catch=True, truth=truth))
        return Live(len(self.steps) - 1, text)

    def _is_clean(self, node: ast.expr) -> bool:
        return all(name in _BUILTIN_NAMES and name not in self.assigned for name in _free_names(node))

    def _computes(self, node: ast.expr) -> bool:
        """Whether a constant is taken from what the program gives, as in `abs(f(2) - 1.5)`.

        The host does that itself: an object of the program's own could answer any subtraction with 0.
        """
        if not isinstance(node, ast.BinOp) or type(node.op) not in _ARITHMETIC:
            return False
        left, right = node.left, node.right
        if isinstance(node.op, ast.Sub) and self._is_clean(left) != self._is_clean(right):
            return True
        return self._computes(left) or self._computes(right)


def _literal_value(node: ast.expr) -> tuple[Any] | None:
    """The value of a literal, in a tuple of its own; `None` for anything else."""
    try:
        return (ast.literal_eval(node),)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _bound(part: ast.AST) -> Iterable[str]:
    match part:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.alias():
            yield (part.asname or part.name).split(".")[0]
        case _:
            return


def _free_names(node: ast.expr) -> frozenset[str]:
    """Names that an expression reads and does not bind itself."""
    read: set[str] = set()
    own: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (read if isinstance(part.ctx, ast.Load) else own).add(part.id)
        elif isinstance(part, ast.arg):
            own.add(part.arg)
    return frozenset(read - own)


def _plain_types(node: ast.expr, assigned: frozenset[str]) -> tuple[type, ...] | None:
    names = node.elts if isinstance(node, ast.Tuple) else [node]
    kinds = [_TYPES.get(n.id) if isinstance(n, ast.Name) and n.id not in assigned else None for n in names]
    return tuple(kind for kind in kinds if kind is not None) if kinds and None not in kinds else None
