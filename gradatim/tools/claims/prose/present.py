"""Checks that a sentence misses and the program has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.claims.code import parse
from gradatim.tools.claims.prose.assertion import Assertion, Scene

_WORDS: tuple[tuple[str, str], ...] = (
    (r"(?:greater|more|larger|higher|bigger) than or equal to|at least", ">="),
    (r"(?:less|smaller|fewer|lower) than or equal to|at most|up to", "<="),
    (r"(?:greater|more|larger|higher|bigger) than|above|over|exceeds?|exceeding", ">"),
    (r"(?:less|smaller|fewer|lower) than|below|under", "<"),
)
_MISSES = re.compile(
    r"\b(?:(?:does|do|did|is|are)(?: not|n't)|not|never|without|fails? to|missing|lacks?) (?:\w+ly )?(?:being )?"
    r"(?:handl\w+|check\w*|consider\w*|account\w*|deal\w*|cover\w*|includ\w*|a check|rais\w+)"
    r"|\b(?:add|include|need|needs|should|must|to fix)\b[^.;]{0,60}?\b(?:check|handle|condition|case|`?elif`?)\b",
    re.IGNORECASE,
)
_ORDER: dict[type[ast.cmpop], str] = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<="}
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_INSTEAD = re.compile(r"\b(?:instead of|rather than|replace|change)\b", re.IGNORECASE)


def present(scene: Scene) -> Iterator[Assertion]:
    """A comparison in words that the program is said to lack, and that stands in one of its conditions."""
    match = _MISSES.search(scene.text)
    tree = parse(scene.case.submission.code)
    if match is None or tree is None or _INSTEAD.search(scene.text):
        return
    found = dict(_compared(tree))
    for words, sign in _WORDS:
        side = r"(?:-?\d+(?:\.\d+)?|(?!the\b|an?\b|current\b)[a-z]\w*|[\ue100-\uf0ff])"
        pattern = (
            rf"\b(?:(?P<left>[\w\ue100-\uf0ff]+) (?:is |are )?)(?:{words}) (?:the |current |\w+ )??(?P<right>{side})"
        )
        for said in re.finditer(pattern, scene.text, re.IGNORECASE):
            left, right = _plain(scene, said["left"]), _plain(scene, said["right"])
            for (one, operator, other), line in found.items():
                if operator != sign or other.rpartition(".")[2] != right:
                    continue
                name = one.rpartition(".")[2]
                if name.rstrip("s") == left.rstrip("s") or (right.isdigit() and left in ("is", "are", "the", "that")):
                    reason = f"line {line} checks `{one} {operator} {other}`"
                    yield Assertion((), min(match.start(), said.start()), said.end(), absurd=reason)
                    return


def _plain(scene: Scene, piece: str) -> str:
    text = piece if piece.isascii() else scene.code(piece)
    return text.strip().lower().rpartition(".")[2]


def _compared(tree: ast.Module) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Each ordering comparison in a condition, both ways round, with its line."""
    tests = [node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.While)]
    for test in tests:
        for node in ast.walk(test):
            if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _ORDER:
                sign = _ORDER[type(node.ops[0])]
                left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
                yield (left, sign, right), node.lineno
                yield (right, _TURNED[sign], left), node.lineno
