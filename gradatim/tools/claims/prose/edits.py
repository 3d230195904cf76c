"""Building the changes that words describe, as claims that can be tried."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gradatim.domain import ChangeFixesClaim
from gradatim.tools.claims.code import expression, literal_value, parse, places_in, tokens

MOST = 12
"""Ways of making a change that are tried."""
_HEADS = ("for", "while", "if", "elif", "else", "def", "class", "return", "print", "try", "except", "raise", "with")
_NEEDS_BODY = ("for", "while", "if", "elif", "else", "def", "class", "try", "except", "with")


def change(lines: Sequence[str], new: Sequence[str]) -> ChangeFixesClaim | None:
    """The difference of two programs as one replaced run of lines; `None` where there is none."""
    if list(lines) == list(new) or not lines:
        return None
    start = 0
    while start < min(len(lines), len(new)) and lines[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(lines), len(new)) - start and lines[-1 - end] == new[-1 - end]:
        end += 1
    start = min(start, len(lines) - 1)
    first = len(lines) - end
    # a replacement that begins further left than the line it replaces would be indented like it
    while start > 0 and (first <= start or indent_of(lines[start]) > indent_of(new[start] if start < len(new) else "")):
        start -= 1
    stop = max(first, start + 1)
    replacement = list(new[start : len(new) - (len(lines) - stop)])
    return ChangeFixesClaim(line=start + 1, last_line=stop, replacement="\n".join(replacement))


def changes(lines: Sequence[str], candidates: Iterator[list[str]]) -> tuple[ChangeFixesClaim, ...]:
    """The first candidates as claims, each one once."""
    found: dict[ChangeFixesClaim, None] = {}
    for candidate in candidates:
        claim = change(lines, candidate)
        if claim is not None:
            found[claim] = None
        if len(found) >= MOST:
            break
    return tuple(found)


def tree_of(lines: Sequence[str]) -> ast.Module | None:
    return parse("\n".join(lines) + "\n")


def spliced(lines: Sequence[str], node: ast.AST, text: str) -> list[str] | None:
    """The program with the text of a node of one line replaced."""
    line, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
    if not line or line != last:
        return None
    raw = lines[line - 1].encode()
    changed = raw[:start].decode(errors="replace") + text + raw[end:].decode(errors="replace")
    return [*lines[: line - 1], changed, *lines[line:]]


def statement(lines: Sequence[str], code: str, at: Sequence[int]) -> Iterator[list[str]]:
    """A line of code in place of one of the lines named, else of every line that begins like it."""
    code = code.strip().rstrip(";")
    if "\n" in code:
        return
    first = tokens(code)[:1]
    head = first[0] if first else ""
    if head in _NEEDS_BODY and not code.endswith(":") and not re.search(r":\s*\S", code):
        code += ":"
    target = _target(code)
    spots = [number for number in at if 1 <= number <= len(lines)]
    if not spots:
        spots = [n for n, line in enumerate(lines, 1) if line.strip() and _begins_like(line.strip(), head, target)]
    for number in spots:
        old = lines[number - 1]
        indent = old[: indent_of(old)]
        yield [*lines[: number - 1], indent + code, *lines[number:]]


def _begins_like(line: str, head: str, target: str | None) -> bool:
    if head in _HEADS and head != "print":
        same = {"if": ("if", "elif"), "elif": ("if", "elif"), "for": ("for", "while"), "while": ("while", "for")}
        return tokens(line)[:1] in [[word] for word in same.get(head, (head,))]
    return tokens(line)[:2] == [head, "("] or (target is not None and _target(line) == target)


def _target(code: str) -> str | None:
    tree = parse(code)
    if tree is None or len(tree.body) != 1:
        return None
    node = tree.body[0]
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    if isinstance(node, ast.AugAssign):
        return ast.unparse(node.target)
    return None


def expression_for(lines: Sequence[str], code: str, at: Sequence[int], old: str | None = None) -> Iterator[list[str]]:
    """An expression in place of one of the same sort: of the old one where it is quoted, else of what resembles it."""
    tree, wanted = tree_of(lines), expression(code.rstrip(":"))
    if wanted is None:
        return
    new = ast.unparse(wanted) if isinstance(wanted, ast.Tuple) else code.rstrip(":").strip()
    if tree is None:
        return
    before = None if old is None else expression(old.rstrip(":"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr) and (not at or node.lineno in at)]
    if before is not None:
        same = [node for node in nodes if ast.dump(node) == ast.dump(before)
                or ast.unparse(node) == ast.unparse(before)]  # fmt: skip
        for node in same:
            changed = spliced(lines, node, new)
            if changed:
                yield changed
        if same:
            return
    names = names_in(wanted)
    if isinstance(wanted, ast.Compare | ast.BoolOp) or (
        isinstance(wanted, ast.UnaryOp) and isinstance(wanted.op, ast.Not)
    ):
        tests = [node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.While | ast.IfExp)]
        inner = [node for test in tests for node in ast.walk(test) if isinstance(node, ast.Compare)]
        sort: list[ast.expr] = [node for node in dict.fromkeys((*tests, *inner)) if not at or node.lineno in at]
    elif (
        isinstance(wanted, ast.Call) and isinstance(wanted.func, ast.Name) and wanted.func.id in ("range", "enumerate")
    ):
        sort = [node.iter for node in ast.walk(tree) if isinstance(node, ast.For)]
        sort = [node for node in sort if not at or node.lineno in at]
    else:
        same_sort = [
            node for node in nodes if type(node) is type(wanted) and not isinstance(node, ast.Name | ast.Constant)
        ]
        values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return | ast.Assign) and node.value]
        sort = [*same_sort, *(node for node in values if not at or node.lineno in at)]
    near = [node for node in sort if names & names_in(node)] or (sort if len(sort) == 1 else [])
    for node in near:
        changed = spliced(lines, node, new)
        if changed:
            yield changed


def replaced(lines: Sequence[str], old: str, new: str, at: Sequence[int]) -> Iterator[list[str]]:
    """One piece of code in place of another wherever it stands: at one place, or at all of them."""
    spots = [
        (number, match)
        for number, line in enumerate(lines, 1)
        if not at or number in at
        for match in places_in(old, line)
    ]
    for number, match in spots:
        line = lines[number - 1]
        yield [*lines[: number - 1], line[: match.start()] + new + line[match.end() :], *lines[number:]]
    if len(spots) > 1:
        everywhere = list(lines)
        for number, match in reversed(spots):
            line = everywhere[number - 1]
            everywhere[number - 1] = line[: match.start()] + new + line[match.end() :]
        yield everywhere


def literals(lines: Sequence[str], code: str) -> Iterator[list[str]]:
    """A plain value in place of each one of the same type."""
    tree, new = tree_of(lines), literal_value(code)
    if tree is None or new is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            held = literal_value(ast.unparse(node.comparators[0]))
            if held is not None and type(held[0]) is type(new[0]):
                changed = spliced(lines, node, f"{ast.unparse(node.left)} in {code}")
                if changed:
                    yield changed
        if isinstance(node, ast.Constant | ast.List | ast.Tuple):
            old = literal_value(ast.unparse(node))
            if old is not None and type(old[0]) is type(new[0]) and old != new:
                changed = spliced(lines, node, code)
                if changed:
                    yield changed


def without(lines: Sequence[str], numbers: Sequence[int]) -> Iterator[list[str]]:
    """The program without some lines."""
    kept = [line for number, line in enumerate(lines, 1) if number not in numbers]
    if kept and len(kept) < len(lines):
        yield kept


def names_in(node: ast.AST) -> set[str]:
    return {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip())
