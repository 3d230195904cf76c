"""What a sentence says of how runs end: endless loops and recursion, exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.domain import (
    Claim,
    ExceptionClaim,
    TerminationClaim,
)
from gradatim.tools.claims.constructs import places_of
from gradatim.tools.claims.extraction.reading import EXCEPTION
from gradatim.tools.claims.inputclasses import classes_of
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.inputs import classes_in
from gradatim.tools.claims.prose.moods import HYPOTHETICAL

_ENDLESS = re.compile(
    r"\b(?:infinite(?:ly)? loop\w*|loops? (?:forever|infinitely|endlessly|indefinitely)|never (?:ends?|stops?"
    r"|terminates?"
    r"|finishes|exits?|become)|(?:runs?|continues?|goes on) (?:forever|infinitely|indefinitely|endlessly)"
    r"|endless loop|(?:not|n't) (?:terminate|stop running))\b",
    re.I,
)
_RECURSES = re.compile(r"\b(?:infinite(?:ly)? recurs\w+|recurs\w+ (?:infinitely|forever|indefinitely|endlessly)"
                       r"|call(?:s|ing)? itself (?:forever"
                       r"|infinitely|indefinitely)|recursion (?:depth|error)|never reach\w* (?:the |a )?base"
                       r" case)\b", re.I)  # fmt: skip
_RAISES = re.compile(
    rf"\b(?:rais\w+|throw\w*|caus\w+|lead\w* to|result\w* in|get\w*|produc\w+|give\w*|is) (?:an? |the )?({EXCEPTION})",
    re.I,
)
_SYNTAX = re.compile(r"\b(?:syntax|indentation) error\b", re.I)


_WHEN = re.compile(r"\b(?:if|when|whenever|unless)\b", re.IGNORECASE)
"""Begins a condition, which the exception alone does not show."""


def running(scene: Scene) -> Iterator[Assertion]:
    text = scene.text
    match = _ENDLESS.search(text)
    if match and not HYPOTHETICAL.search(text, 0, match.start()):
        end: tuple[Claim, ...] = (TerminationClaim(ends=False),)
        if "recurs" in scene.case.submission.code or any(
            p.what == "recursion" for p in places_of(scene.case.submission.code)
        ):
            end = (*end, ExceptionClaim(exception="RecursionError"))
        yield Assertion(end, match.start(), match.end())
    match = _RECURSES.search(text)
    if match and not HYPOTHETICAL.search(text, 0, match.start()):
        yield Assertion((ExceptionClaim(exception="RecursionError"),), match.start(), match.end())
    yield from _raised_for(scene)
    match = re.search(r"\bdivision by zero\b|\bdivid\w+ by (?:zero|0)\b", text, re.I)
    if match and not classes_in(scene) and not re.search(r"\b(?:avoid|prevent|should|handle)", text, re.I):
        yield Assertion(
            (ExceptionClaim(exception="ZeroDivisionError"),), *match.span(), loose=True, aside=bool(_WHEN.search(text))
        )
    for match in _RAISES.finditer(text):
        if (
            match[1][0].isupper()
            and not _about_now(scene, match.start())
            and not re.search(r"\bnot\b|n't\b|\bnever\b|avoid|prevent", text, re.I)
        ):
            yield Assertion((ExceptionClaim(exception=match[1]),), match.start(), match.end(), loose=True)
        if (
            match[1][0].isupper()
            and not HYPOTHETICAL.search(text, 0, match.start())
            and _about_now(scene, match.start())
        ):
            claims: list[Claim] = [ExceptionClaim(exception=match[1])]
            if match[1] == "NameError":
                claims.append(ExceptionClaim(exception="UnboundLocalError"))
            yield Assertion(tuple(claims), match.start(), match.end())
    match = _SYNTAX.search(text)
    if match and not HYPOTHETICAL.search(text, 0, match.start()):
        yield Assertion(
            (ExceptionClaim(exception="SyntaxError"), ExceptionClaim(exception="IndentationError")),
            match.start(), match.end(),
        )  # fmt: skip


_RAISED = re.compile(
    rf"\b(?P<zero>(?:division|divid\w+) by (?:zero|0))\b|\b(?:rais\w+|throw\w*|caus\w+|leads? to|results? in|gets?)"
    rf" (?:an? |the )?(?P<name>{EXCEPTION})",
    re.I,
)


def _raised_for(scene: Scene) -> Iterator[Assertion]:
    """An exception that some kind of input is said to raise: the tests with such an input show whether it does."""
    match = _RAISED.search(scene.text)
    kinds = classes_in(scene)
    if match is None or not kinds or re.search(r"\b(?:avoid|prevent|should|handle|not|never|must)\b|n't\b", scene.text):
        return
    kind = "empty" if re.search(r"\blength\b[^.;]{0,20}\bzero\b", scene.text) else kinds[-1][0]
    name = "ZeroDivisionError" if match["zero"] else match["name"]
    members = {test.id for test in scene.case.task.tests if kind in classes_of(test, scene.case)}
    outcomes = [item for item in scene.case.execution.outcomes if item.test in members and item.status != "not-run"]
    raised = [item for item in outcomes if item.exception is not None and item.exception.type == name]
    spans = (min(match.start(), kinds[-1][1]), max(match.end(), kinds[-1][2]))
    if raised:
        yield Assertion((ExceptionClaim(exception=name),), *spans)
    elif outcomes and scene.case.execution.load_error is None and not HYPOTHETICAL.search(scene.text):
        yield Assertion((), *spans, absurd=f"no test with such an input raises {name}")


def _about_now(scene: Scene, position: int) -> bool:
    """Whether nothing before says that it happens only for inputs which no test may have."""
    return not re.search(r"\b(?:not|never|without|if|when|unless)\b|n't\b", scene.text[:position][-60:], re.I)
