"""What a solution has that a student's program has not."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Sequence

from gradatim.tools.claims.code import parse, tokens

CLOSE = 6
"""Up to this many tokens more or other, a solution is a small change of the program."""


def new_expressions(solution: str, known: Sequence[str]) -> list[str]:
    """Expressions of more than one name or value that stand in a solution and in none of the known texts."""
    tree = parse(solution)
    if tree is None:
        return []
    old = {text for source in known for text in _expressions(source)}
    return [text for text in dict.fromkeys(_of(tree)) if text not in old]


def added_tokens(program: str, solution: str) -> list[tuple[str, ...]]:
    """Runs of tokens that turn the program into the solution, where only a few are needed.

    A program that differs in more than a few tokens is no near miss: then no single token is the fix.
    """
    old, new = _code_tokens(program), _code_tokens(solution)
    if not old or not new or abs(len(old) - len(new)) > CLOSE:
        return []
    runs: list[tuple[str, ...]] = []
    changed = 0
    for operation, start, end, first, last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation != "equal":
            changed += max(end - start, last - first)
            if last > first:
                runs.append(tuple(new[first:last]))
    return runs if 0 < changed <= CLOSE else []


def _expressions(source: str) -> Iterator[str]:
    tree = parse(source)
    return _of(tree) if tree is not None else iter(())


def _of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and not isinstance(node, ast.Name | ast.Constant | ast.Starred | ast.Tuple):
            try:
                yield ast.unparse(node)
            except RecursionError:
                continue


def _code_tokens(source: str) -> list[str]:
    lines = (line.split("  #")[0] for line in source.splitlines() if not line.lstrip().startswith("#"))
    return [token for line in lines for token in tokens(line)][:2_000]
