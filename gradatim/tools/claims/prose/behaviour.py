"""What a sentence says that the program does, has or gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.domain import (
    CallResultClaim,
    Claim,
    ConstructClaim,
    ExampleOutputClaim,
    ExpectedResultClaim,
    TestCase,
    TestCountClaim,
    TestOutcomeClaim,
)
from gradatim.tools.claims.code import expression, is_literal, literal_value, same_value
from gradatim.tools.claims.extraction.reading import CODE, VALUE
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.moods import HYPOTHETICAL
from gradatim.tools.claims.prose.names import constructs, names, parameters
from gradatim.tools.claims.prose.runs import running
from gradatim.tools.claims.prose.terms import kinds_in

_INSTEAD = re.compile(
    rf"\b(?:returns?|prints?|gives?|outputs?|produces?|is|get|gets) ({VALUE})[^.;]{{0,30}}?\b(?:instead of|rather"
    rf" than|but (?:it )?should (?:be|return|print)) (?:the (?:expected|correct) )?(?:\w+ )?({VALUE})",
    re.I,
)
_GIVES_NONE = re.compile(
    r"\b(?:returns? (?:the value )?None|None is returned|implicitly returns?|returning None)\b", re.I
)
_NO_RETURN = re.compile(
    r"\b(?:does not|doesn't|do not|never|not|without) return(?:s|ing)? (?:a value|any value|anything|the result"
    r"|any result|the value)"
    r"|\b(?:missing|lacks?|no|without) (?:a |the |any )?return statement|\breturn statement is missing"
    r"|\b(?:forgets?|forgot\w*|fails?) to return\b(?! the (?:first|correct|n-th|right|longest|smallest))",
    re.I,
)
_PRINTS = re.compile(r"\bprints? (?:the )?\w*(?: \w+)? ?(?:instead of|rather than) return", re.I)
_ALWAYS = re.compile(
    rf"\b(?:always|only) (?:returns?|prints?|gives?|outputs?) ({VALUE})(?! \w*(?:th|st|nd|rd))\b", re.I
)
_CALL_GIVES = re.compile(
    rf"({CODE}) (?:will |would |does |should )?(?:\w+ly )?(?:returns?|gives?|evaluates? to|results? in|produces?"
    rf"|is|equals?|becomes?) (?:an? |the )?(?:value )?({VALUE})",
    re.I,
)
_CORRECT = re.compile(
    r"^(?:yes, )?(?:the (?:\w+ )?|this |your )(?:program|code|function|solution|implementation) (?:\w+ )?(?:is"
    r"|seems|looks|appears)(?: to be)? (?:already )?(?:correct|right|fine)\b(?! (?:except|but|for|if|when))"
    r"|^(?:the |this |your )(?:\w+ )?(?:program|code|function) (?:works|passes all)\b(?! (?:for|with|on|when|if"
    r"|only))|\bno (?:errors?|problems?|issues?|mistakes?|bugs?) (?:in|with)\b",
    re.I,
)
_STARTS = re.compile(rf"\b(?:starts?|begins?)(?: the loop)? (?:at|with|from) ({VALUE}|{CODE})", re.I)
_FOR_INPUT = re.compile(
    rf"\b(?:when|if|for|with) (?:the )?(?:input|argument|value)? ?(?:is |of |equals |are )?({CODE}"
    rf"|{VALUE})[^.;]{{0,30}}?,? (?:the |this )?(?:program|function|code|it|loop)? ?(?:will |would )?(?:correctly "
    rf"|incorrectly |wrongly )?(?:returns?|prints?|gives?|outputs?) ({VALUE})",
    re.I,
)
_RESULT_FOR = re.compile(
    rf"\b(?:will |would )?(?:correctly |incorrectly |wrongly )?(?:returns?|prints?|gives?|outputs?)"
    rf" ({VALUE})[^.;]{{0,25}}?\b(?:when|for|if|with) (?:the )?(?:input|argument)? ?(?:is |of )?({CODE}|{VALUE})",
    re.I,
)


def behaviour(scene: Scene) -> Iterator[Assertion]:
    """Claims about runs of the program, and about what it has."""
    text = scene.text
    for reader in (running, _failing, _needed, _results, names, constructs, parameters, _plain_code):
        yield from reader(scene)
    match = _CORRECT.search(text)
    if match:
        yield Assertion((TestCountClaim(status="failed", count=0),), match.start(), match.end())


def _results(scene: Scene) -> Iterator[Assertion]:
    text = scene.text
    outcomes = [item for item in scene.case.execution.outcomes if item.actual is not None]
    for match in _INSTEAD.finditer(text):
        came, needed = scene.reading.value(match[1]), scene.reading.value(match[2])
        if came is None or needed is None or HYPOTHETICAL.search(text, 0, match.start()):
            continue
        claims = tuple(
            TestOutcomeClaim(test=item.test, status="failed", actual=came)
            for item in outcomes
            if same_value(item.expected, needed) or _printed(item.expected, needed)
        )
        if claims:
            yield Assertion(claims, match.start(), match.end())
    yield from _never_given(scene)
    match = _GIVES_NONE.search(text) or _NO_RETURN.search(text) or _PRINTS.search(text)
    if (
        match
        and not re.search(r"\b(?:should|if there|if no|would|empty)\b", text[: match.start()], re.I)
        and scene.case.task.kind == "function"
    ):
        claims = tuple(
            TestOutcomeClaim(test=item.test, status="failed", actual="None")
            for item in outcomes
            if item.status != "passed"
        )
        part: Claim = ConstructClaim(what="return", present=False)
        bare = (part, *claims) if not _GIVES_NONE.search(text) else claims
        if scene.case.execution.load_error is None:
            yield Assertion(bare or (part,), match.start(), match.end())
    for match in _ALWAYS.finditer(text):
        value = scene.reading.value(match[1])
        visible = [item for item in scene.case.execution.outcomes if item.status in ("passed", "failed")]
        if value is not None and len(visible) > 1 and re.search("always", match.group(), re.I):
            different = any(not same_value(item.actual or item.expected, value) for item in visible)
            calls = [test for test in scene.case.task.tests if test.call and not test.hidden]
            claims = tuple(CallResultClaim(call=test.call or "", result=value) for test in calls[:1])
            if different:
                yield Assertion((), match.start(), match.end(), absurd=f"not every test gives {value}")
            elif claims:
                yield Assertion(claims, match.start(), match.end())
    for match in (*_FOR_INPUT.finditer(text), *_RESULT_FOR.finditer(text)):
        first, second = (match[1], match[2]) if match.re is _FOR_INPUT else (match[2], match[1])
        yield from _for_input(scene, match, first, second)


_GIVEN = re.compile(
    rf"\b(?:returns?|prints?|gives?|outputs?) ({VALUE}) (?:instead of|rather than) (?:the )?({CODE}|[a-z]+)", re.I
)


def _never_given(scene: Scene) -> Iterator[Assertion]:
    """A wrong result that is said to come and comes in no test."""
    outcomes = [item for item in scene.case.execution.outcomes if item.status not in ("passed", "not-run")]
    if not outcomes or any(item.status != "failed" for item in outcomes):
        return
    for match in _GIVEN.finditer(scene.text):
        value = scene.reading.value(match[1])
        if value is None or HYPOTHETICAL.search(scene.text, 0, match.start()):
            continue
        if not any(same_value(item.actual, value) or _printed(item.actual, value) for item in outcomes):
            yield Assertion((), *match.span(), absurd=f"no failing test gives {value}")


_VAGUE = re.compile(
    r"^(?:the |this |your )?(?:\w+ )?(?:program|function|code|\w+ function|method|[\ue100-\uf0ff])?(?:"
    r" [\ue100-\uf0ff])? ?(?:\([^)]*\) )?"
    r"(?:(?:does not|doesn't) (?:correctly|properly)|fails to(?: correctly)?) (?:count\b|comput|calculat|(?:print"
    r"|return|find|produce|give) the (?:correct|right|expected)\b)[^.;,]*\.?$"
    r"|^(?:the |this |your )(?:\w+ )?(?:program|function|code) has a (?:logical |small )?(?:error|bug|mistake)\.?$",
    re.I,
)


def _failing(scene: Scene) -> Iterator[Assertion]:
    """That the program does not do what its task asks for, and no more."""
    text = scene.text
    entry = scene.case.task.entry_point or ""
    codes = [code for _, code in scene.codes() if not code.startswith(entry)]
    if (
        _VAGUE.search(text)
        and not codes
        and not re.search(r"\d|\b(?:because|when|if|not only|first|last)\b", text, re.I)
        and not kinds_in(text)[0] - _TASK_KINDS
    ):
        bad = [item.test for item in scene.case.execution.outcomes if item.status != "passed"]
        claims = tuple(TestOutcomeClaim(test=test, status="failed") for test in bad)
        yield Assertion(claims or (TestCountClaim(status="passed", count=0),), 0, len(text))


_TASK_KINDS = frozenset({"missing-return", "return-value", "print", "string", "indentation", "argument", "call"})
"""Kinds that a sentence names when it says only what the program is for."""


def _printed(expected: str | None, needed: str) -> bool:
    plain = literal_value(needed)
    return expected is not None and plain is not None and str(plain[0]).strip() == expected.strip()


def _for_input(scene: Scene, match: re.Match[str], given: str, came: str) -> Iterator[Assertion]:
    """What one input gives: a call built with that value, as the tests call the entry point."""
    text = scene.text
    value = scene.reading.value(came)
    if value is None or HYPOTHETICAL.search(text, match.start(), match.end()):
        return
    shown = scene.code(given) if re.fullmatch(CODE, given) else (scene.reading.value(given) or given)
    entry = scene.case.task.entry_point
    if expression(shown) is None or entry is None or scene.case.task.kind != "function":
        return
    if is_literal(shown):
        tests = [test for test in scene.case.task.tests if _one_argument(test, shown)]
        if not tests:
            return
        shown = f"{entry}({shown})"
    if isinstance(expression(shown), ast.Call) and shown.startswith(f"{entry}("):
        yield Assertion((CallResultClaim(call=shown, result=value),), match.start(), match.end())


_NEEDED = re.compile(
    rf"\b(?:when|if|for) (?:the )?(?:{CODE}|[a-z]|input|argument|number)? ?(?:is|=|equals) ({VALUE}),? (?:then"
    rf" )?(?:it|the (?:function|program)|this) (?:should|must|needs to|has to) return ({VALUE})"
    rf"|\bshould return ({VALUE}) (?:when|if|for) (?:the )?(?:{CODE}|[a-z]|input|argument|number)? ?(?:is|="
    rf"|equals)? ?({VALUE})",
    re.I,
)


def _needed(scene: Scene) -> Iterator[Assertion]:
    """What the task needs for one value."""
    entry = scene.case.task.entry_point
    for match in _NEEDED.finditer(scene.text):
        given, wanted = (match[1], match[2]) if match[1] else (match[4], match[3])
        value, result = scene.reading.value(given), scene.reading.value(wanted)
        if (
            value is not None
            and result is not None
            and entry
            and any(_one_argument(t, value) for t in scene.case.task.tests)
        ):
            yield Assertion((ExpectedResultClaim(call=f"{entry}({value})", result=result),), *match.span())


def _one_argument(test: TestCase, value: str) -> bool:
    call = expression(test.call or "")
    if not isinstance(call, ast.Call) or len(call.args) != 1 or test.hidden:
        return False
    old, new = literal_value(ast.unparse(call.args[0])), literal_value(value)
    return old is not None and new is not None and isinstance(new[0], type(old[0]))


def _plain_code(scene: Scene) -> Iterator[Assertion]:
    """What an expression of plain values gives."""
    for match in _CALL_GIVES.finditer(scene.text):
        code, value = scene.code(match[1]), scene.reading.value(match[2])
        tree = expression(code)
        if value is None or tree is None or isinstance(tree, ast.Name | ast.Constant) or is_literal(code):
            continue
        if re.search(r"\b(?:if|not|when|should|would|instead)\b", match.group(), re.I):
            continue
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if not names:
            yield Assertion(
                (ExampleOutputClaim(code=f"print(({code}) == ({value}))", output="True"),), match.start(), match.end()
            )
