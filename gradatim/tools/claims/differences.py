"""What kinds of changes lie between two pieces of a program."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from gradatim.tools.claims.code import tokens

_CONVERSIONS = frozenset({"int", "float", "str", "bool", "list", "tuple", "set", "dict", "len"})
_CASE_METHODS = frozenset({"lower", "upper", "casefold", "swapcase", "islower", "isupper"})
_COPIES = frozenset({"copy", "list", "sorted", "deepcopy"})


def syntax_kinds(old: str, new: str) -> Iterator[str]:
    """What makes a program that cannot be compiled one that can."""
    before, after = Counter(tokens(old)), Counter(tokens(new))
    yield "syntax"
    for sign, kind in ((":", "colon"), ("=", "assignment"), (",", "comma"), ('"', "quotes")):
        if before[sign] != after[sign]:
            yield kind
    if any(before[sign] != after[sign] for sign in "()[]{}"):
        yield "brackets"
    indents = [[len(line) - len(line.lstrip()) for line in text.splitlines() if line.strip()] for text in (old, new)]
    if indents[0] != indents[1]:
        yield "indentation"


def statements_of(tree: ast.Module | None, first: int, last: int) -> list[ast.AST]:
    """Nodes that begin in these lines; of a compound statement that begins there, its head."""
    if tree is None:
        return []
    return [node for node in ast.walk(tree) if first <= getattr(node, "lineno", 0) <= last]


def changed_kinds(before: list[ast.AST], after: list[ast.AST], old: ast.Module, new: ast.Module) -> Iterator[str]:
    """Kinds of what differs between the nodes that an edit takes away and those that it puts there."""
    gone, come = _bag(before), _bag(after)
    removed, added = gone - come, come - gone
    differing = removed + added
    yield from _operators(before, after)
    yield from {kind for _, kind in differing}
    texts_before, texts_after = _tests(before), _tests(after)
    if texts_before != texts_after:
        yield "condition"
    if _loop_heads(before) != _loop_heads(after):
        yield from ("loop-bound", "loop-head")
        if "range" in "".join(_loop_heads(before) + _loop_heads(after)):
            yield "range"
    if _while_tests(before) != _while_tests(after):
        yield "loop-condition"
    yield from _returns(before, after)
    yield from _assignments(before, after, old, new)
    new_ifs = [node for node in after if isinstance(node, ast.If)]
    if len(new_ifs) > sum(isinstance(node, ast.If) for node in before):
        yield "guard"
        if any(isinstance(item, ast.Return) for node in new_ifs for item in node.body) and _recursive(old):
            yield "base-case"
    if _recursive(old) and (any(isinstance(node, ast.If) for node in before) or _base_lines(old, before)):
        yield "base-case"
    calls = _own_calls(old)
    if calls and _texts_of(_calls_to(before, calls)) != _texts_of(_calls_to(after, calls)):
        yield "recursive-call"
    if _texts_of(_args(before)) != _texts_of(_args(after)):
        yield from ("default-value", "parameter")


def _bag(nodes: Iterable[ast.AST]) -> Counter[tuple[str, str]]:
    """Small parts of some nodes, each with the kind of change that a difference in it is."""
    found: Counter[tuple[str, str]] = Counter()
    for node in nodes:
        match node:
            case ast.Name(id=name):
                found[name, "name"] += 1
                if name in _CONVERSIONS:
                    found[name, "type"] += 1
                if name in _COPIES:
                    found[name, "copy"] += 1
                if name in ("print", "input"):
                    found[name, name] += 1
            case ast.Attribute(attr=name):
                found[name, "method"] += 1
                if name in _CASE_METHODS:
                    found[name, "letter-case"] += 1
                if name in _COPIES:
                    found[name, "copy"] += 1
                if isinstance(node.value, ast.Name) and node.value.id == "self":
                    found[f"self.{name}", "self"] += 1
            case ast.Constant(value=str(text)):
                found[text, "string"] += 1
                if text.lower() != text.upper():
                    found["".join(sorted(set(text.upper()))) + str(text.islower()), "letter-case"] += 1
            case ast.Constant(value=value):
                found[repr(value), "constant"] += 1
            case ast.Subscript(slice=part):
                found[_text(part), "key" if isinstance(part, ast.Constant | ast.Name) else "index"] += 1
                found[_text(part), "index"] += 1
            case ast.Call(keywords=keywords, args=arguments):
                found[_text(node), "call"] += 1
                found[f"{len(arguments)} {len(keywords)}", "argument"] += 1
            case ast.List() | ast.Dict() | ast.Set() | ast.ListComp():
                found[_text(node), "container"] += 1
            case ast.Raise():
                found["raise", "raise"] += 1
            case ast.Break():
                found["break", "break"] += 1
            case ast.Continue():
                found["continue", "break"] += 1
            case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                found[type(node).__name__, "condition"] += 1
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name, "name"] += 1
            case _:
                continue
    return found


def _operators(before: list[ast.AST], after: list[ast.AST]) -> Iterator[str]:
    def compared(nodes: list[ast.AST]) -> Counter[str]:
        return Counter(type(op).__name__ for node in nodes if isinstance(node, ast.Compare) for op in node.ops)

    def calculated(nodes: list[ast.AST]) -> Counter[str]:
        heads = [inner for node in nodes if isinstance(node, ast.For) for inner in ast.walk(node.iter)]
        own = [node for node in nodes if isinstance(node, ast.BinOp | ast.AugAssign) and node not in heads]
        return Counter(type(node.op).__name__ for node in own)

    if before and compared(before) != compared(after):
        yield from ("comparison-operator", "condition")
    old, new = calculated(before), calculated(after)
    if before and old != new:
        yield "arithmetic-operator"
        changed = set((old - new) + (new - old))
        if changed & {"Div", "FloorDiv", "Mod"}:
            yield "division"
        if changed & {"Mult"}:
            yield "multiplication"
        if changed & {"Add"}:
            yield "addition"
        if changed & {"Sub"}:
            yield "subtraction"
    elif before and _binops(before) != _binops(after):
        yield "formula"
        if Counter(_leaves(before)) == Counter(_leaves(after)):
            yield from ("brackets", "precedence", "arithmetic-operator")


def _returns(before: list[ast.AST], after: list[ast.AST]) -> Iterator[str]:
    old = [_text(node.value) for node in before if isinstance(node, ast.Return)]
    new = [_text(node.value) for node in after if isinstance(node, ast.Return)]
    if len(new) > len(old):
        yield from ("missing-return", "return-value")
    elif old != new:
        yield "return-value"
    if len(new) < len(old):
        yield from ("return-in-loop", "return-value")


def _assignments(before: list[ast.AST], after: list[ast.AST], old: ast.Module, new: ast.Module) -> Iterator[str]:
    first, then = _assigned(before, old), _assigned(after, new)
    for name in first.keys() | then.keys():
        if first.get(name) == then.get(name) or _wrapped(first.get(name), then.get(name)):
            continue
        for _, looped in (*first.get(name, ()), *then.get(name, ())):
            yield "update" if looped else "initial-value"
        if name in first and name not in then:
            yield "assignment"
        if (first.get(name) and not first[name][0][1]) != (then.get(name) and not then[name][0][1]):
            yield "reset"
    if sum(map(len, then.values())) > sum(map(len, first.values())):
        yield "assignment"


def _wrapped(first: tuple[tuple[str, bool], ...] | None, then: tuple[tuple[str, bool], ...] | None) -> bool:
    """Whether the same values are only converted: `int(input())` for `input()`."""
    if not first or not then or len(first) != len(then):
        return False
    pairs = zip(first, then, strict=True)
    return all(
        re.sub(r"\b(?:int|float|str|list)\(", "", new).replace(")", "")
        == re.sub(r"\b(?:int|float|str|list)\(", "", old).replace(")", "")
        for (old, _), (new, _) in pairs
    )


def _assigned(nodes: list[ast.AST], tree: ast.Module) -> dict[str, tuple[tuple[str, bool], ...]]:
    """Target → values that it is given, and whether that happens in a loop."""
    looped = {inner for loop in ast.walk(tree) if isinstance(loop, ast.For | ast.While) for inner in ast.walk(loop)}
    found: dict[str, tuple[tuple[str, bool], ...]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            targets = [_text(item) for item in node.targets]
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [_text(node.target)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node in looped:
            targets = [_text(node.func.value)]
        else:
            continue
        for target in targets:
            found[target] = (*found.get(target, ()), (_text(node), node in looped))
    return found


def _tests(nodes: list[ast.AST]) -> list[str]:
    return [_text(node.test) for node in nodes if isinstance(node, ast.If | ast.While | ast.IfExp)]


def _while_tests(nodes: list[ast.AST]) -> list[str]:
    return [_text(node.test) for node in nodes if isinstance(node, ast.While)]


def _loop_heads(nodes: list[ast.AST]) -> list[str]:
    return [f"{_text(node.target)} in {_text(node.iter)}" for node in nodes if isinstance(node, ast.For)]


def _binops(nodes: list[ast.AST]) -> list[str]:
    return [_text(node) for node in nodes if isinstance(node, ast.BinOp)]


def _leaves(nodes: list[ast.AST]) -> list[str]:
    return [_text(node) for node in nodes if isinstance(node, ast.Name | ast.Constant)]


def _args(nodes: list[ast.AST]) -> list[ast.AST]:
    return [node.args for node in nodes if isinstance(node, ast.FunctionDef)]


def _own_calls(tree: ast.Module) -> frozenset[str]:
    """Functions of the program that call themselves."""
    names = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(item, ast.Name) and item.id == node.name for item in ast.walk(node))
    }
    return frozenset(names)


def _recursive(tree: ast.Module) -> bool:
    return bool(_own_calls(tree))


def _calls_to(nodes: list[ast.AST], names: frozenset[str]) -> list[ast.AST]:
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    return [node for node in calls if isinstance(node.func, ast.Name) and node.func.id in names]


def _base_lines(tree: ast.Module, nodes: list[ast.AST]) -> frozenset[str]:
    """`base-case` where a node lies in a branch that returns without a further call of the function."""
    own = _own_calls(tree)
    for branch in ast.walk(tree):
        if isinstance(branch, ast.If) and branch.body and isinstance(branch.body[0], ast.Return):
            inner = set(ast.walk(branch.body[0]))
            if not _calls_to(list(inner), own) and inner & set(nodes):
                return frozenset({"base-case"})
    return frozenset()


def _texts_of(nodes: Iterable[ast.AST]) -> list[str]:
    return [_text(node) for node in nodes]


def _text(node: ast.AST | None) -> str:
    if node is None:
        return ""
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        return type(node).__name__
