"""Building the changes that words describe, as claims that can be tried."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gradatim.domain import ChangeFixesClaim
from gradatim.tools.claims.code import expression, literal_value, parse, tokens

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
    while start > 0 and (first <= start or _indent(lines[start]) > _indent(new[start] if start < len(new) else "")):
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
        indent = old[: _indent(old)]
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
    names = _names(wanted)
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
    near = [node for node in sort if names & _names(node)] or (sort if len(sort) == 1 else [])
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
        for match in _occurrences(old, line)
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


def _occurrences(old: str, line: str) -> list[re.Match[str]]:
    parts = [re.escape(token).replace('"', "[\"']") for token in tokens(old)]
    if not parts:
        return []
    front = r"(?<![\w.])" if re.match(r"\w", old.strip()) else r"(?<![<>=!+*/%&|^-])"
    back = (
        r"(?!\w)"
        if re.search(r"\w$", old.strip())
        else r"(?![=<>*/])"
        if re.search(r"[<>=!+*/%-]$", old.strip())
        else ""
    )
    return list(re.finditer(front + r"\s*".join(parts) + back, line))


def bounds(lines: Sequence[str], start: str | None, stops: Sequence[str]) -> Iterator[list[str]]:
    """Other ends for each range that a loop runs over."""
    tree = tree_of(lines)
    if tree is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and node.args:
            given = [ast.unparse(item) for item in node.args]
            names = {item.id for item in ast.walk(node) if isinstance(item, ast.Name)} - {"range"}
            told = [item for stop in stops for item in re.findall(r"[^\W\d]\w*", stop)]
            if told and names and not names & set(told) and any(name in "\n".join(lines) for name in told):
                continue
            first, end, *step = ["0", *given] if len(given) == 1 else given
            for stop in stops or (end, f"{end} + 1"):
                text = ", ".join([start or first, stop, *step])
                if start is None and len(given) == 1:
                    text = stop
                changed = spliced(lines, node, f"range({text})")
                if changed:
                    yield changed


def range_stops(lines: Sequence[str]) -> list[str]:
    """What the ranges of the program end at."""
    tree = tree_of(lines)
    if tree is None:
        return []
    ranges = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range"]
    return [ast.unparse(node.args[min(1, len(node.args) - 1)]) for node in ranges if node.args]


def literals(lines: Sequence[str], code: str) -> Iterator[list[str]]:
    """A plain value in place of each one of the same type."""
    tree, new = tree_of(lines), literal_value(code)
    if tree is None or new is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.List | ast.Tuple):
            old = literal_value(ast.unparse(node))
            if old is not None and type(old[0]) is type(new[0]) and old != new:
                changed = spliced(lines, node, code)
                if changed:
                    yield changed


def initial(lines: Sequence[str], name: str | None, value: str) -> Iterator[list[str]]:
    """Another first value for a variable; for any variable with a plain first value where none is named."""
    tree = tree_of(lines)
    if tree is None:
        return
    done: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for item, old in pairs:
                text = ast.unparse(item)
                short = item.attr if isinstance(item, ast.Attribute) else text
                wanted = name in (text, short) if name else isinstance(old, ast.Constant | ast.List | ast.Dict)
                if wanted and text not in done:
                    done.add(text)
                    changed = spliced(lines, old, value)
                    if changed:
                        yield changed
    if name and name.isidentifier() and not done:
        yield from at_top(lines, [f"{name} = {value}"])


def at_top(lines: Sequence[str], new: Sequence[str]) -> Iterator[list[str]]:
    """Lines put before the first statement of each function, or of the program where it has none."""
    tree = tree_of(lines)
    if tree is None or not tree.body:
        return
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for body in [node.body for node in functions] or [tree.body]:
        line = body[0].lineno
        indent = lines[line - 1][: _indent(lines[line - 1])]
        yield [*lines[: line - 1], *(indent + item for item in new), *lines[line - 1 :]]


def after_first(lines: Sequence[str], new: Sequence[str]) -> Iterator[list[str]]:
    """Lines put behind each of the first statements of a body, where what they use may be set."""
    tree = tree_of(lines)
    if tree is None or not tree.body:
        return
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for body in [node.body for node in functions] or [tree.body]:
        for item in body[1:4]:
            indent = lines[item.lineno - 1][: _indent(lines[item.lineno - 1])]
            yield [*lines[: item.lineno - 1], *(indent + text for text in new), *lines[item.lineno - 1 :]]


def moved_out(lines: Sequence[str], starts: str) -> Iterator[list[str]]:
    """Statements that begin with this word taken out of the innermost loop, or branch, that holds them."""
    tree = tree_of(lines)
    if tree is None:
        return
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While | ast.If)]
    for number, line in enumerate(lines, 1):
        if not line.strip().startswith(starts):
            continue
        holding = [node for node in blocks if node.lineno < number <= (node.end_lineno or node.lineno)]
        for block in sorted(holding, key=lambda node: -node.lineno):
            indent = lines[block.lineno - 1][: _indent(lines[block.lineno - 1])]
            end = block.end_lineno or block.lineno
            rest = [*lines[block.lineno : number - 1], *lines[number:end]]
            if any(item.strip() for item in rest):
                yield [*lines[: block.lineno], *rest, indent + line.strip(), *lines[end:]]
                yield [*lines[: block.lineno - 1], indent + line.strip(), lines[block.lineno - 1], *rest, *lines[end:]]


def moved_in(lines: Sequence[str], starts: str) -> Iterator[list[str]]:
    """Statements that begin with this word put at the end of the body of the loop or branch before them."""
    tree = tree_of(lines)
    if tree is None:
        return
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While | ast.If)]
    for number, line in enumerate(lines, 1):
        if not line.strip().startswith(starts):
            continue
        for block in blocks:
            end = block.body[-1].end_lineno or block.lineno
            inner = lines[block.body[0].lineno - 1]
            indent = inner[: _indent(inner)]
            without = [item for index, item in enumerate(lines, 1) if index != number]
            if end < number:
                yield [*without[:end], indent + line.strip(), *without[end:]]
            elif number < block.lineno:
                first = block.body[0].lineno - 2
                yield [*without[:first], indent + line.strip(), *without[first:]]


def returned(lines: Sequence[str], value: str | None) -> Iterator[list[str]]:
    """A missing `return`: before an expression or a print, or at the end of each function."""
    tree = tree_of(lines)
    if tree is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and node.lineno == node.end_lineno:
            inside = node.value
            if isinstance(inside, ast.Call) and getattr(inside.func, "id", "") == "print" and inside.args:
                inside = inside.args[0]
            changed = spliced(lines, node, f"return {ast.unparse(inside)}")
            if changed and value in (None, ast.unparse(inside)):
                yield changed
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in functions:
        end = node.end_lineno or node.lineno
        indent = lines[node.body[0].lineno - 1][: _indent(lines[node.body[0].lineno - 1])]
        names = [value] if value else sorted(set(_stored(node)))
        for name in names:
            yield [*lines[:end], f"{indent}return {name}", *lines[end:]]
        if value:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    changed = spliced(lines, inner.value, value)
                    if changed:
                        yield changed


def converted(lines: Sequence[str], to: str) -> Iterator[list[str]]:
    """Inputs, or values that a method or function would convert, converted at every place where that makes sense."""
    text = "\n".join(lines)
    if to in ("int", "float") and "input()" in text:
        yield [line if f"{to}(input())" in line else line.replace("input()", f"{to}(input())") for line in lines]
    tree = tree_of(lines)
    if tree is None:
        return
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in functions:
        for item in node.args.args:
            call = f"{item.arg}.{to}()" if to in ("lower", "upper") else f"{to}({item.arg})"
            yield from at_top(lines, [f"{item.arg} = {call}"])
    if to == "abs":
        return
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    for node in names[:40]:
        if to in ("lower", "upper"):
            changed = spliced(lines, node, f"{node.id}.{to}()")
        else:
            changed = spliced(lines, node, f"{to}({node.id})")
        if changed:
            yield changed


def without(lines: Sequence[str], numbers: Sequence[int]) -> Iterator[list[str]]:
    """The program without some lines."""
    kept = [line for number, line in enumerate(lines, 1) if number not in numbers]
    if kept and len(kept) < len(lines):
        yield kept


def _stored(node: ast.AST) -> Iterator[str]:
    for item in ast.walk(node):
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            yield item.id


def _names(node: ast.AST) -> set[str]:
    return {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
