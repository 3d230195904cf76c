"""What a sentence says of names and constructs: first values, parameters, what is there and what is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.domain import (
    Claim,
    Construct,
    ConstructClaim,
    ExceptionClaim,
    ExceptionFact,
    VariableValueClaim,
)
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import is_literal, parse, tokens
from gradatim.tools.claims.constructs import places_of
from gradatim.tools.claims.extraction.reading import CODE, VALUE
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.moods import HYPOTHETICAL

_UNDEFINED = re.compile(
    rf"({CODE})[^.;{chr(0xE100)}-{chr(0xF0FF)}]{{0,40}}?\b(?:is|are|was|were|has|have)(?: not|n't| never) (?:been"
    rf" )?(?:\w+ly )?(?:defined|declared)"
    rf"|({CODE})[^.;]{{0,25}}?\b(?:is|are) undefined",
    re.I,
)
_UNINITIALISED = re.compile(
    rf"({CODE})[^.;{chr(0xE100)}-{chr(0xF0FF)}]{{0,40}}?\b(?:is|are|was|were|has|have)(?: not|n't| never) (?:been"
    rf" )?initiali[sz]ed\b(?! (?:to|with|correctly|properly|as))",
    re.I,
)
_INITIAL = re.compile(
    rf"({CODE})[^.;{chr(0xE100)}-{chr(0xF0FF)}]{{0,30}}?\b(?:is|are|was) (?:initially )?(?:initiali[sz]ed|set"
    rf"|assigned)(?: initially)? (?:to|with|as|at) (?:an? |the (?:value )?)?({VALUE})",
    re.I,
)
_CHECKS_IF = re.compile(r"\b(?:starts? by|begins? by) checking (?:if|whether|for)\b|\bchecks? (?:if|whether)\b", re.I)
_HAS: tuple[tuple[str, Construct], ...] = (
    (r"(?:a |an |the )?(?:for[- ]loop|for loop)", "for-loop"),
    (r"(?:a |the )?while[- ]?loop", "while-loop"),
    (r"(?:a |the )?nested loops?", "nested-loop"),
    (r"recursion|(?:a |the )?recursive (?:call|approach|function)", "recursion"),
    (r"(?:a |any |the )?base case", "base-case"),
    (r"(?:a |any |the )?return statement", "return"),
    (r"(?:an? |the )?(?:else|else block|else clause|else branch|else statement)\b", "else"),
    (r"(?:an? |the )?elif\w*", "elif"),
    (r"(?:an? |the |any )?if statements?", "if"),
    (r"(?:a |the )?list comprehension", "list-comprehension"),
    (r"(?:a |the )?loop\b", "loop"),
)  # fmt: skip
_USES = re.compile(
    r"\b(?:program|code|function|it|implementation|solution) (?:currently |incorrectly |also )?(?:uses?|has"
    r"|contains?|is using|relies on) "
    rf"({'|'.join(f'(?:{pattern})' for pattern, _ in _HAS)})",
    re.I,
)
_LACKS = re.compile(
    rf"\b(?:missing|lacks?|lacking|(?:does not|doesn't|do not) (?:have|contain|include|use)|there is no|has no"
    rf"|without) ({'|'.join(f'(?:{pattern})' for pattern, _ in _HAS)})"
    rf"|\b({'|'.join(f'(?:{pattern})' for pattern, _ in _HAS)}) is (?:missing|not (?:present|included|defined"
    rf"|there))",
    re.I,
)
_PARAMETER = re.compile(
    rf"\b(?:the )?parameter ({CODE})(?: (?:in|of) (?:the )?({CODE})(?= (?:method|function)))?"
    rf"|({CODE})(?: variable| argument)? from (?:the )?({CODE}) (?:method|function)(?:'s)? (?:parameters|arguments)",
    re.I,
)

_QUOTED_NAME = re.compile(r"'(\w+)'")


def names(scene: Scene) -> Iterator[Assertion]:
    text, code = scene.text, scene.case.submission.code
    known = {
        place.name for place in places_of(code) if place.what in ("initial-value", "parameter", "function", "class")
    } | _looped(code)
    for match in _UNDEFINED.finditer(text):
        name = scene.code(match[1] or match[2])
        if is_literal(name) and parse(code) is not None:
            yield Assertion((), match.start(), match.end(), absurd=f"{name} is a value, which needs no definition")
        elif name.isidentifier() and not HYPOTHETICAL.search(text, 0, match.start()):
            yield _undefined(scene, name, known, match)
    for match in _UNINITIALISED.finditer(text):
        name = scene.code(match[1])
        if name.isidentifier() and parse(code) is not None:
            yield _undefined(scene, name, known, match)
    for match in _INITIAL.finditer(text):
        if HYPOTHETICAL.search(text, scene.reading.clause(match.start()).start, match.end()):
            continue
        name, value = scene.code(match[1]), scene.reading.value(match[2])
        places = [p for p in places_of(code) if p.what == "initial-value" and p.name == name.rpartition(".")[2]]
        if value is not None and places:
            yield Assertion(_first_values(scene, name, value), match.start(), match.end())


def _undefined(scene: Scene, name: str, known: set[str | None], match: re.Match[str]) -> Assertion:
    """A name that is not defined either makes a run fail, or is nowhere given a value."""
    start, end = match.span()
    if name not in known:
        return Assertion((ConstructClaim(what="initial-value", present=False, name=name),), start, end)
    missed = [fact for fact in _missed(scene.case) if _is_about(fact, name, scene.case)]
    if not missed:
        return Assertion((), start, end, absurd=f"the program defines {name}, and no run misses it")
    return Assertion(tuple(ExceptionClaim(exception=fact.type, line=fact.line) for fact in missed[:1]), start, end)


def _looped(code: str) -> set[str]:
    """Names that loops and comprehensions give their values."""
    tree = parse(code)
    loops = [] if tree is None else [item for item in ast.walk(tree) if isinstance(item, ast.For | ast.comprehension)]
    return {node.id for loop in loops for node in ast.walk(loop.target) if isinstance(node, ast.Name)}


def _missed(case: Case) -> Iterator[ExceptionFact]:
    """Exceptions of names that had no value."""
    for outcome in case.execution.outcomes:
        if outcome.exception is not None and outcome.exception.type in ("NameError", "UnboundLocalError"):
            yield outcome.exception
    fact = case.execution.load_error
    if fact is not None and fact.type == "NameError":
        yield fact


def _is_about(fact: ExceptionFact, name: str, case: Case) -> bool:
    """Whether an exception is about this name: its message says so, or else the line it was raised in uses it."""
    named = _QUOTED_NAME.search(fact.message)
    if named is not None:
        return named[1] == name
    return fact.line is not None and fact.line <= len(case.lines) and name in tokens(case.lines[fact.line - 1])


def _first_values(scene: Scene, name: str, value: str) -> tuple[Claim, ...]:
    tree = parse(scene.case.submission.code)
    if tree is None:
        return ()
    lines: list[int] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                if any(ast.unparse(part) == name for part in parts):
                    lines.append(node.lineno)
    return tuple(VariableValueClaim(variable=name, value=value, line=line) for line in sorted(lines)[:1])


def constructs(scene: Scene) -> Iterator[Assertion]:
    text = scene.text
    for match in _LACKS.finditer(text):
        words = match[1] or match[2]
        if not HYPOTHETICAL.search(text, 0, match.start()):
            yield Assertion((ConstructClaim(what=_construct(words), present=False),), match.start(), match.end())
    for match in _USES.finditer(text):
        if not re.search(r"\b(?:not|n't|never|should|could|would)\b", text[: match.start()][-30:], re.I):
            yield Assertion((ConstructClaim(what=_construct(match[1]), present=True),), match.start(), match.end())
    match = _CHECKS_IF.search(text)
    if match and not re.search(
        r"\b(?:not|n't|never|should|must|to|need\w*|could|would|can|add|and)\b[^.;]{0,20}$", text[: match.start()], re.I
    ):
        claims = (ConstructClaim(what="if", present=True), ConstructClaim(what="while-loop", present=True),
                  ConstructClaim(what="list-comprehension", present=True))  # fmt: skip
        yield Assertion(claims, match.start(), match.end())


def parameters(scene: Scene) -> Iterator[Assertion]:
    """Names that are said to be parameters."""
    for match in _PARAMETER.finditer(scene.text):
        name, function = scene.code(match[1] or match[3]), match[2] or match[4]
        places = [place for place in places_of(scene.case.submission.code) if place.what == "function"]
        line = None
        if function:
            line = next((p.line for p in places if p.name == scene.code(function).removesuffix("()")), None)
        if (name.isidentifier() and not HYPOTHETICAL.search(scene.text, 0, match.start())) or (
            name.isidentifier() and re.search(r"\bremov|\bdelet", scene.text, re.I)
        ):
            yield Assertion((ConstructClaim(what="parameter", present=True, name=name, line=line),), *match.span())


def _construct(words: str) -> Construct:
    return next(what for pattern, what in _HAS if re.fullmatch(pattern, words, re.I))
