"""Small questions about pieces of Python code: do they parse, are they values, where do they stand."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Sequence

_TOKEN = re.compile(
    r"\.\.\.|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[^\W\d]\w*|\*\*=|//=|<<=|>>=|->|:=|==|!=|<=|>=|\*\*|//|<<|>>|\+="
    r"|-=|\*=|/=|%=|&=|\|=|\^=|\S"
)
_TROUBLE = (SyntaxError, ValueError, TypeError, MemoryError, RecursionError)
"""What parsing arbitrary text may raise."""
WILD = "..."
"""Token that stands for anything within a line."""

BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
LAZY = frozenset(
    {"range", "map", "filter", "zip", "enumerate", "reversed", "iter", "print", "input", "open", "exit", "quit"}
)
"""Built-in functions whose value is not what a sentence means by what they give."""


def parse(text: str) -> ast.Module | None:
    """The syntax tree, or `None` where the text is not Python; never warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except _TROUBLE:
            return None


def expression(text: str) -> ast.expr | None:
    """The text as one Python expression."""
    tree = parse(text.strip())
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    return tree.body[0].value


def literal_value(text: str) -> tuple[object] | None:
    """The value that a Python literal stands for, in a tuple of one; `None` where the text is no literal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return (ast.literal_eval(text.strip()),)
        except _TROUBLE:
            return None


def is_literal(text: str) -> bool:
    return literal_value(text) is not None


def same_value(one: str | None, other: str | None) -> bool:
    """Whether two texts stand for the same plain value, or are the same text but for white space."""
    if one is None or other is None:
        return one == other
    first, second = literal_value(one), literal_value(other)
    if first is None or second is None:
        return "".join(one.split()) == "".join(other.split())
    try:
        return bool(first[0] == second[0])
    except RecursionError:
        return False


def tokens(text: str) -> list[str]:
    """Names, numbers and signs of a piece of code, whatever its white space; both kinds of quotes count as one."""
    return _TOKEN.findall(text.replace("'", '"').replace("…", WILD))


def occurs(quote: Sequence[str], text: Sequence[str]) -> bool:
    """Whether tokens stand one behind the other in others; `...` in the quote stands for anything."""
    return bool(quote) and _end_of(quote, text, 0, anywhere=True) is not None


def places(quote: Sequence[str], lines: Sequence[str]) -> list[int]:
    """Numbers of the lines in which a quotation begins; it may run over several lines."""
    if not quote:
        return []
    found: list[int] = []
    split = [tokens(line) for line in lines]
    for index, first in enumerate(split):
        if not first:
            continue
        rest = [token for line in split[index + 1 : index + 40] for token in line] if len(quote) > 1 else []
        text = [*first, *rest]
        single = first if WILD in quote else text
        if any(_end_of(quote, single, start, anywhere=False) is not None for start in range(len(first))):
            found.append(index + 1)
    return found


def _end_of(quote: Sequence[str], text: Sequence[str], start: int, *, anywhere: bool) -> int | None:
    """Where the quotation that begins at `start` (or, if `anywhere`, behind it) ends."""
    pieces: list[list[str]] = [[]]
    for token in quote:
        if token == WILD:
            pieces.append([])
        else:
            pieces[-1].append(token)
    position = start
    for number, piece in enumerate(pieces):
        if not piece:
            continue
        free = anywhere or number > 0
        last = len(text) - len(piece) if free else position
        while position <= last and list(text[position : position + len(piece)]) != piece:
            position += 1
        if position > last:
            return None
        position += len(piece)
    return position


def defined_names(program: str) -> frozenset[str]:
    """Names that a program defines at its outermost level, also where it does not parse."""
    tree = parse(program)
    if tree is None:
        found = re.findall(r"^(?:async +)?(?:def|class) +(\w+)|^(\w+) *=(?!=)", program, re.MULTILINE)
        return frozenset(name for pair in found for name in pair if name)
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(item.asname or item.name).partition(".")[0] for item in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {item.id for target in targets for item in ast.walk(target) if isinstance(item, ast.Name)}
    return frozenset(names)


def evaluable_call(text: str, program: str, *, known: bool = True) -> bool:
    """Whether a text is a call that can be evaluated behind a program and compared with a plain value.

    Args:
        known: The called name has to be defined by the program or built in; otherwise it may be missing, as in
            what a task needs of a program that does not define it.
    """
    call = expression(text)
    if not isinstance(call, ast.Call):
        return False
    callee = call.func
    if isinstance(callee, ast.Name) and callee.id.startswith("__"):
        return False
    if isinstance(callee, ast.Name) and callee.id in LAZY - defined_names(program):
        return False
    names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    if not known and isinstance(callee, ast.Name):
        names -= {callee.id}
    return names <= (defined_names(program) | BUILTINS)


def places_in(code: str, line: str) -> list[re.Match[str]]:
    """Where code stands in a line, as whole names and signs, whatever the white space between them."""
    parts = [re.escape(token).replace('"', "[\"']") for token in tokens(code)]
    if not parts:
        return []
    wanted = code.strip()
    front = r"(?<![\w.])" if re.match(r"\w", wanted) else r"(?<![<>=!+*/%&|^:-])"
    back = ""
    if re.search(r"\w$", wanted):
        back = r"(?!\w)"
    elif re.search(r"[<>=!+*/%-]$", wanted):
        back = r"(?![=<>*/])"
    return list(re.finditer(front + r"\s*".join(parts) + back, line))
