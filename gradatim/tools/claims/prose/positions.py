"""Where statements stand that a sentence says are inside or outside of a loop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.claims.code import parse
from gradatim.tools.claims.prose.assertion import Assertion, Scene

_IS_PLACED = re.compile(
    r"\b(?P<what>return|print)(?:\(\))?(?: statement| call| line| function)?s? (?:is|are|was) (?:being )?(?:\w+ly )?"
    r"(?P<no>not )?(?:placed |located |positioned |executed |called |put |indented )?"
    r"(?P<where>inside|outside|within|in|after) (?:of )?(?:the )?(?:\w+ ){0,2}loop\b",
    re.IGNORECASE,
)
_SHOULD = re.compile(
    r"\b(?:should|must|needs? to|has to|move|place|put|moving|placing)\b[^.;,]{0,20}?\b(?P<what>return|print)(?:\(\))?"
    r"(?: statement| call| line)?[^.;,]{0,30}?\b(?P<where>inside|outside|within|after) (?:of )?(?:the )?(?:\w+ ){0,2}"
    r"loop\b",
    re.IGNORECASE,
)
_DENIES = re.compile(r"\b(?:not|n't|never|should|must|would|could|if|when)\b", re.IGNORECASE)


def positions(scene: Scene) -> Iterator[Assertion]:
    """Claims that a statement stands in a loop or behind it, and advice to put it where it stands already."""
    tree = parse(scene.case.submission.code)
    if tree is None:
        return
    for match in _IS_PLACED.finditer(scene.text):
        if _DENIES.search(scene.text[: match.start()][-30:]):
            continue
        places = _places(tree, match["what"].lower())
        inside = match["where"].lower() in ("inside", "within", "in")
        if match["no"]:
            inside = not inside
        yield from _held(match, places, inside)
    for match in _SHOULD.finditer(scene.text):
        places = _places(tree, match["what"].lower())
        inside = match["where"].lower() in ("inside", "within")
        if places and all(place == inside for place in places) and not _DENIES.search(scene.text, 0, match.start()):
            where = "in a loop" if inside else "outside of every loop"
            yield Assertion((), *match.span(), absurd=f"every `{match['what'].lower()}` stands {where} already")


def _held(match: re.Match[str], places: list[bool], inside: bool) -> Iterator[Assertion]:
    word = match["what"].lower()
    if places and inside not in places:
        where = "outside of every loop" if inside else "in a loop"
        yield Assertion((), *match.span(), absurd=f"every `{word}` stands {where}")
    elif places and all(place == inside for place in places):
        where = "in a loop" if inside else "outside of every loop"
        yield Assertion((), *match.span(), shown=f"`{word}` stands {where}", aside=True)


def _places(tree: ast.Module, word: str) -> list[bool]:
    """For each such statement, whether a loop holds it; nothing for programs without a loop."""
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)]
    if not loops:
        return []
    held = {inner for loop in loops for inner in ast.walk(loop)}
    return [node in held for node in ast.walk(tree) if _is(node, word)]


def _is(node: ast.AST, word: str) -> bool:
    if word == "return":
        return isinstance(node, ast.Return)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
