"""Other ways to write a correct piece: the same meaning in another structure, nearer to a student's.

The idea that a correct program may be restructured until it matches is that of Hu et al., "Re-factoring based program
repair applied to programming assignments", ASE 2019. What a rewriting gives is run like everything else before it is
used, so the rewritings need not prove that they keep the meaning.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence

Block = list[ast.stmt]
Rewriting = Callable[[Block], Block | None]


def refactored(node: ast.stmt) -> Iterator[ast.stmt]:
    """A definition rewritten in every way alone, and in every two ways one after the other, each text once."""
    seen = {ast.unparse(node)}
    first: list[str] = []
    for rewriting in REWRITINGS:
        made = _everywhere(node, rewriting)
        if made is not None and (text := ast.unparse(made)) not in seen:
            seen.add(text)
            first.append(text)
            yield made
    for text in first:
        for rewriting in REWRITINGS:
            made = _everywhere(ast.parse(text).body[0], rewriting)
            if made is not None and (other := ast.unparse(made)) not in seen:
                seen.add(other)
                yield made


def _blocks(node: ast.stmt) -> Iterator[tuple[ast.AST, str, Block]]:
    for inner in ast.walk(node):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(inner, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield inner, name, block


def _everywhere(node: ast.stmt, rewriting: Rewriting) -> ast.stmt | None:
    """A copy with the rewriting done in every block; `None` where there is nothing to rewrite."""
    if all(rewriting(block) is None for _, _, block in _blocks(node)):
        return None
    made = ast.parse(ast.unparse(node)).body[0]
    for inner, name, block in _blocks(made):
        new = rewriting(block)
        if new is not None:
            setattr(inner, name, new)
    return ast.fix_missing_locations(made)


def _always_leaves(block: Sequence[ast.stmt]) -> bool:
    last = block[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and _always_leaves(last.body) and _always_leaves(last.orelse)
    return isinstance(last, ast.Return | ast.Break | ast.Continue | ast.Raise)


def _truth(block: Sequence[ast.stmt]) -> bool | None:
    if len(block) == 1 and isinstance(block[0], ast.Return) and isinstance(block[0].value, ast.Constant):
        value = block[0].value.value
        return value if isinstance(value, bool) else None
    return None


def _return(value: bool) -> Block:
    return [ast.Return(ast.Constant(value))]


def _is_condition(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def truth_to_branches(block: Block) -> Block | None:
    """`return a < b` as an `if` with two returns."""
    last = block[-1]
    if not isinstance(last, ast.Return) or last.value is None or not _is_condition(last.value):
        return None
    return [*block[:-1], ast.If(last.value, _return(True), _return(False))]


def branches_to_truth(block: Block) -> Block | None:
    """An `if` that returns True or else False, as one return."""
    for at, node in enumerate(block):
        if not isinstance(node, ast.If) or _truth(node.body) is None:
            continue
        other = node.orelse or block[at + 1 :]
        if _truth(other) is (not _truth(node.body)):
            value = node.test if _truth(node.body) else ast.UnaryOp(ast.Not(), node.test)
            return [*block[:at], ast.Return(value)]
    return None


def else_to_rest(block: Block) -> Block | None:
    """What stands under `else` after a branch that leaves, put behind the `if`."""
    for at, node in enumerate(block):
        if isinstance(node, ast.If) and node.orelse and _always_leaves(node.body):
            return [*block[:at], ast.If(node.test, node.body, []), *node.orelse, *block[at + 1 :]]
    return None


def rest_to_else(block: Block) -> Block | None:
    """What stands behind a branch that leaves, put under `else`."""
    for at, node in enumerate(block[:-1]):
        if isinstance(node, ast.If) and not node.orelse and _always_leaves(node.body):
            return [*block[:at], ast.If(node.test, node.body, block[at + 1 :])]
    return None


def negated(block: Block) -> Block | None:
    """The branches of an `if` with `else` swapped."""
    for at, node in enumerate(block):
        if isinstance(node, ast.If) and node.orelse and not isinstance(node.orelse[0], ast.If):
            return [*block[:at], ast.If(_negation(node.test), node.orelse, node.body), *block[at + 1 :]]
    return None


_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def _negation(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return ast.Compare(test.left, [_OPPOSITE[type(test.ops[0])]()], test.comparators)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(ast.Not(), test)


def nested_to_and(block: Block) -> Block | None:
    """An `if` that holds only another `if`, as one condition."""
    for at, node in enumerate(block):
        if isinstance(node, ast.If) and not node.orelse and len(node.body) == 1:
            inner = node.body[0]
            if isinstance(inner, ast.If) and not inner.orelse:
                both = ast.If(ast.BoolOp(ast.And(), [node.test, inner.test]), inner.body, [])
                return [*block[:at], both, *block[at + 1 :]]
    return None


def and_to_nested(block: Block) -> Block | None:
    """A condition with `and`, as one `if` in another."""
    for at, node in enumerate(block):
        if isinstance(node, ast.If) and not node.orelse and isinstance(node.test, ast.BoolOp):
            first, *rest = node.test.values
            if isinstance(node.test.op, ast.And):
                inner = ast.If(rest[0] if len(rest) == 1 else ast.BoolOp(ast.And(), rest), node.body, [])
                return [*block[:at], ast.If(first, [inner], []), *block[at + 1 :]]
    return None


def or_to_chain(block: Block) -> Block | None:
    """A condition with `or`, as an `if` and an `elif` that do the same."""
    for at, node in enumerate(block):
        if isinstance(node, ast.If) and isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or):
            first, *rest = node.test.values
            other = rest[0] if len(rest) == 1 else ast.BoolOp(ast.Or(), rest)
            chain = ast.If(first, node.body, [ast.If(other, copy.deepcopy(node.body), node.orelse)])
            return [*block[:at], chain, *block[at + 1 :]]
    return None


def _length_of_range(node: ast.stmt) -> tuple[ast.Name, ast.expr] | None:
    """Loop variable and sequence of `for i in range(len(sequence))`."""
    if not isinstance(node, ast.For) or not isinstance(node.target, ast.Name) or node.orelse:
        return None
    call = node.iter
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"):
        return None
    stop = call.args[-1] if len(call.args) in (1, 2) else None
    if len(call.args) == 2 and not (isinstance(call.args[0], ast.Constant) and call.args[0].value == 0):
        return None
    if isinstance(stop, ast.Call) and isinstance(stop.func, ast.Name) and stop.func.id == "len" and stop.args:
        return node.target, stop.args[0]
    return None


class _Swap(ast.NodeTransformer):
    """Puts one expression in place of another."""

    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self._old = ast.dump(old)
        self._new = new

    def block(self, statements: Sequence[ast.stmt]) -> Block:
        """Copies of statements with the one in place of the other."""
        made = (self.visit(copy.deepcopy(statement)) for statement in statements)
        return [statement for statement in made if isinstance(statement, ast.stmt)]

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and ast.dump(node) == self._old:
            return copy.deepcopy(self._new)
        return self.generic_visit(node)


def _names(nodes: Sequence[ast.AST]) -> set[str]:
    return {inner.id for node in nodes for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def positions_to_items(block: Block) -> Block | None:
    """A loop over positions that only serve to get the items, as a loop over the items."""
    for at, node in enumerate(block):
        found = _length_of_range(node)
        if found is None or not isinstance(node, ast.For):
            continue
        target, sequence = found
        item = "item" if "item" not in _names([node]) else "entry"
        swap = _Swap(ast.Subscript(sequence, _load(target.id), ast.Load()), _load(item))
        body = swap.block(node.body)
        if target.id not in _names(body):
            return [*block[:at], ast.For(ast.Name(item, ast.Store()), sequence, body, []), *block[at + 1 :]]
    return None


def positions_to_enumerate(block: Block) -> Block | None:
    """A loop over positions as a loop over `enumerate`."""
    for at, node in enumerate(block):
        found = _length_of_range(node)
        if found is None or not isinstance(node, ast.For):
            continue
        target, sequence = found
        item = "item" if "item" not in _names([node]) else "entry"
        swap = _Swap(ast.Subscript(sequence, _load(target.id), ast.Load()), _load(item))
        body = swap.block(node.body)
        pair = ast.Tuple([ast.Name(target.id, ast.Store()), ast.Name(item, ast.Store())], ast.Store())
        call = ast.Call(_load("enumerate"), [sequence], [])
        return [*block[:at], ast.For(pair, call, body, []), *block[at + 1 :]]
    return None


def items_to_positions(block: Block) -> Block | None:
    """A loop over items, or over `enumerate`, as a loop over positions."""
    for at, node in enumerate(block):
        if not isinstance(node, ast.For) or node.orelse:
            continue
        target, sequence = node.target, node.iter
        index = "i" if "i" not in _names([node]) else "k"
        if isinstance(sequence, ast.Call) and isinstance(sequence.func, ast.Name):
            if sequence.func.id != "enumerate" or len(sequence.args) != 1 or not isinstance(target, ast.Tuple):
                continue
            first, target = target.elts
            sequence = sequence.args[0]
            index = first.id if isinstance(first, ast.Name) else index
        if not isinstance(target, ast.Name) or not isinstance(sequence, ast.Name):
            continue
        swap = _Swap(_load(target.id), ast.Subscript(sequence, _load(index), ast.Load()))
        body = swap.block(node.body)
        over = ast.Call(_load("range"), [ast.Call(_load("len"), [sequence], [])], [])
        return [*block[:at], ast.For(ast.Name(index, ast.Store()), over, body, []), *block[at + 1 :]]
    return None


def counted_to_while(block: Block) -> Block | None:
    """A loop over `range` as a `while` loop with a counter."""
    for at, node in enumerate(block):
        if not isinstance(node, ast.For) or node.orelse or not isinstance(node.target, ast.Name):
            continue
        call = node.iter
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"):
            continue
        if len(call.args) > 2 or any(isinstance(inner, ast.Continue) for inner in ast.walk(node)):
            continue
        start = call.args[0] if len(call.args) == 2 else ast.Constant(0)
        counter = node.target.id
        step = ast.AugAssign(ast.Name(counter, ast.Store()), ast.Add(), ast.Constant(1))
        loop = ast.While(ast.Compare(_load(counter), [ast.Lt()], [call.args[-1]]), [*node.body, step], [])
        return [*block[:at], ast.Assign([ast.Name(counter, ast.Store())], start), loop, *block[at + 1 :]]
    return None


def while_to_counted(block: Block) -> Block | None:
    """A `while` loop with a counter as a loop over `range`."""
    for at, node in enumerate(block[1:], 1):
        before = block[at - 1]
        if not isinstance(node, ast.While) or node.orelse or not isinstance(node.test, ast.Compare):
            continue
        if not (isinstance(before, ast.Assign) and isinstance(before.targets[0], ast.Name)):
            continue
        counter, last = before.targets[0].id, node.body[-1]
        steps = ast.unparse(last) in (f"{counter} += 1", f"{counter} = {counter} + 1")
        if not steps or len(node.body) < 2 or ast.unparse(node.test.left) != counter:
            continue
        if not isinstance(node.test.ops[0], ast.Lt | ast.LtE):
            continue
        stop = node.test.comparators[0]
        if isinstance(node.test.ops[0], ast.LtE):
            stop = ast.BinOp(stop, ast.Add(), ast.Constant(1))
        zero = isinstance(before.value, ast.Constant) and before.value.value == 0
        call = ast.Call(_load("range"), [stop] if zero else [before.value, stop], [])
        loop = ast.For(ast.Name(counter, ast.Store()), call, node.body[:-1], [])
        return [*block[: at - 1], loop, *block[at + 1 :]]
    return None


def comprehension_to_loop(block: Block) -> Block | None:
    """A list comprehension that is returned or given a name, as a loop that appends."""
    for at, node in enumerate(block):
        if not isinstance(node, ast.Return | ast.Assign):
            continue
        made = node.value
        if not isinstance(made, ast.ListComp) or len(made.generators) != 1:
            continue
        if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name):
            continue
        name = (
            node.targets[0].id if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) else "result"
        )
        part = made.generators[0]
        call = ast.Call(ast.Attribute(_load(name), "append", ast.Load()), [made.elt], [])
        body: Block = [ast.Expr(call)]
        for test in reversed(part.ifs):
            body = [ast.If(test, body, [])]
        loop = ast.For(part.target, part.iter, body, [])
        start = ast.Assign([ast.Name(name, ast.Store())], ast.List([], ast.Load()))
        end: Block = [ast.Return(_load(name))] if isinstance(node, ast.Return) else []
        return [*block[:at], start, loop, *end, *block[at + 1 :]]
    return None


def loop_to_comprehension(block: Block) -> Block | None:
    """A loop that only appends to a list that was empty, as a list comprehension."""
    for at, node in enumerate(block[1:], 1):
        before = block[at - 1]
        if not isinstance(node, ast.For) or node.orelse or len(node.body) != 1:
            continue
        if not (isinstance(before, ast.Assign) and isinstance(before.value, ast.List) and not before.value.elts):
            continue
        inner, tests = node.body[0], list[ast.expr]()
        while isinstance(inner, ast.If) and not inner.orelse and len(inner.body) == 1:
            tests.append(inner.test)
            inner = inner.body[0]
        if not (isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call) and len(inner.value.args) == 1):
            continue
        if ast.unparse(inner.value.func) != f"{ast.unparse(before.targets[0])}.append":
            continue
        made = ast.ListComp(inner.value.args[0], [ast.comprehension(node.target, node.iter, tests, 0)])
        return [*block[: at - 1], ast.Assign(before.targets, made), *block[at + 1 :]]
    return None


def inlined(block: Block) -> Block | None:
    """A value that is named only for the next statement, put into that statement."""
    for at, node in enumerate(block[:-1]):
        after = block[at + 1]
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            continue
        name = node.targets[0].id
        if not isinstance(after, ast.Return | ast.Assign | ast.Expr | ast.AugAssign) or name in _names(block[at + 2 :]):
            continue
        if sum(isinstance(part, ast.Name) and part.id == name for part in ast.walk(after)) != 1:
            continue
        swapped = _Swap(_load(name), node.value).visit(copy.deepcopy(after))
        return [*block[:at], swapped, *block[at + 2 :]] if isinstance(swapped, ast.stmt) else None
    return None


def named(block: Block) -> Block | None:
    """A computed value that is returned, given a name first."""
    last = block[-1]
    if isinstance(last, ast.Return) and isinstance(last.value, ast.BinOp | ast.Call | ast.Compare | ast.BoolOp):
        name = "result" if "result" not in _names(block) else "outcome"
        return [*block[:-1], ast.Assign([ast.Name(name, ast.Store())], last.value), ast.Return(_load(name))]
    return None


REWRITINGS: tuple[Rewriting, ...] = (
    else_to_rest,
    rest_to_else,
    truth_to_branches,
    branches_to_truth,
    positions_to_items,
    items_to_positions,
    positions_to_enumerate,
    counted_to_while,
    while_to_counted,
    nested_to_and,
    and_to_nested,
    or_to_chain,
    negated,
    comprehension_to_loop,
    loop_to_comprehension,
    inlined,
    named,
)
