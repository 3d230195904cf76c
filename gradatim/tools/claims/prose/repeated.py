"""What a sentence repeats of the task and its tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Literal

from gradatim.domain import Claim, TestOutcomeClaim
from gradatim.tools.claims.code import expression, literal_value, parse
from gradatim.tools.claims.extraction.reading import CODE
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.vocabulary import word_set
from gradatim.tools.claims.wording import wording_of

_Status = Literal["failed", "error", "timeout"]
_FAILS = re.compile(
    r"\b(?:fails? to|(?:does|do|did)(?: not|n't)|is not|isn't|cannot|not)\b"
    r"|\bhas an? (?:\w+ )?(?:error|problem"
    r"|mistake|bug) in (?:how|the way)\b|\bincorrect(?:ly)?\b",
    re.IGNORECASE,
)
_SPECIFIC = re.compile(
    r"\b(?:because|since|due|when|if|only|first|last|instead|not only|after|before|inside|outside|always|never|line"
    r"|loop|condition|variable|index|statement|empty|negative|all)\b|\d",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^(?:the (?:problem|issue|error|fault) (?:with|in) (?:the|this) (?:\w+ )?(?:program|code|function) is that )?"
    rf"(?:it|the (?:\w+ |student's )?(?:program|code|function|method)|this program|{CODE})\b",
    re.IGNORECASE,
)
_OWN = word_set(
    """
    correct correctly proper properly given provided input fail fails error logical problem output format desired
    expected result wrong incorrect string number numbers value return returns print prints
    """
)
_LITERAL = re.compile(rf"\b(?:for|string|text|list|number|input|of|with|in|case) ({CODE}|-?\d+(?:\.\d+)?)")
_IS_INPUT = re.compile(
    rf"\btest(?: case)? ({CODE}),? (?:the )?(?:\w+ )?(?:text|input|argument|list|number|value|string) is"
    rf" ({CODE}|-?\d+)",
    re.IGNORECASE,
)


def repeated(scene: Scene) -> Iterator[Assertion]:
    """Sentences that say no more than that the program does not do what its task asks for."""
    yield from _inputs(scene)
    text = scene.text
    match = _FAILS.search(text)
    if match is None or not _SUBJECT.search(text) or scene.case.execution.passed:
        return
    if _SPECIFIC.search(_quiet(text)):
        return
    failing = [item for item in scene.case.execution.outcomes if item.status not in ("passed", "not-run")]
    tests = [item.test for item in failing]
    named = _LITERAL.search(text)
    if named is not None:
        tests = _with_input(scene, named[1])
        if not tests:
            return
    entry = scene.case.task.entry_point or ""
    others = [code for position, code in scene.codes() if named is None or not named.start() <= position < named.end()]
    if any(not code.startswith(entry or code) for code in others):
        return
    task = f"{scene.case.task.title} {scene.case.task.statement} {entry.replace('_', ' ')}"
    known = wording_of(task).words | wording_of(" ".join(_OWN)).words | _names(scene)
    said = wording_of(re.sub(CODE, " ", text)).words
    if said and said <= known:
        claims: tuple[Claim, ...] = tuple(TestOutcomeClaim(test=test, status=_status(scene, test)) for test in tests)
        if claims and all(test in {item.test for item in failing} for test in tests):
            yield Assertion(claims, 0, len(text))


def _names(scene: Scene) -> frozenset[str]:
    """Words of the names that the program really uses; what its texts and comments say is not meant."""
    tree = parse(scene.case.submission.code)
    if tree is None:
        return frozenset()
    names: set[str] = set()
    for node in ast.walk(tree):
        for field in ("id", "name", "arg", "attr"):
            if isinstance(name := getattr(node, field, None), str):
                names.add(name)
    words = (word for name in sorted(names) for word in re.findall(r"[a-z]+", name.lower()))
    return wording_of(" ".join(words)).words


def _quiet(text: str) -> str:
    """The sentence without values that tests have."""
    return _LITERAL.sub(" ", text)


def _status(scene: Scene, test: str) -> _Status:
    status = scene.case.execution.outcome(test).status
    return status if status in ("failed", "error", "timeout") else "failed"


def _with_input(scene: Scene, sign: str) -> list[str]:
    code = scene.code(sign) if re.fullmatch(CODE, sign) else sign
    value = literal_value(code)
    return [test.id for test in scene.case.task.tests if not test.hidden and value is not None
            and any(item is not None and item == value for item in _arguments(test.call))]  # fmt: skip


def _arguments(call: str | None) -> list[tuple[object] | None]:
    tree = expression(call or "")
    return [literal_value(ast.unparse(item)) for item in tree.args] if isinstance(tree, ast.Call) else []


def _inputs(scene: Scene) -> Iterator[Assertion]:
    """What the argument of a test's call is."""
    for match in _IS_INPUT.finditer(scene.text):
        call, given = scene.code(match[1]), scene.code(match[2]) if re.fullmatch(CODE, match[2]) else match[2]
        values = [item for item in _arguments(call) if item is not None]
        known = any(not test.hidden and test.call and expression(test.call) is not None and expression(call) is not None
                    and ast.dump(expression(test.call) or ast.Pass()) == ast.dump(expression(call) or ast.Pass())
                    for test in scene.case.task.tests)  # fmt: skip
        if values and known:
            if literal_value(given) in values:
                yield Assertion((), *match.span(), shown=f"a test calls `{call}`")
            else:
                yield Assertion((), *match.span(), absurd=f"`{call}` gives another value to the function")
