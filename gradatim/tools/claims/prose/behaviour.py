"""What a sentence says that the program does, has or gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.domain import (
    CallResultClaim,
    Claim,
    Construct,
    ConstructClaim,
    ExampleOutputClaim,
    ExceptionClaim,
    ExpectedResultClaim,
    TerminationClaim,
    TestCase,
    TestCountClaim,
    TestOutcomeClaim,
    VariableValueClaim,
)
from gradatim.tools.claims.code import expression, is_literal, literal_value, parse, same_value
from gradatim.tools.claims.constructs import places_of
from gradatim.tools.claims.extraction.reading import CODE, EXCEPTION, VALUE
from gradatim.tools.claims.inputclasses import classes_of
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.inputs import classes_in
from gradatim.tools.claims.prose.terms import kinds_in

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
_HYPOTHETICAL = re.compile(r"\b(?:would|could|might|may|avoid\w*|prevent\w*|to fix|if you|should)\b", re.I)
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
_STARTS = re.compile(rf"\b(?:starts?|begins?)(?: the loop)? (?:at|with|from) ({VALUE}|{CODE})", re.I)
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
    rf"|\b({'|'.join(f'(?:{pattern})' for pattern, _ in _HAS)}) is (?:missing|not (?:present|included|defined|there))",
    re.I,
)
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


_PARAMETER = re.compile(
    rf"\b(?:the )?parameter ({CODE})(?: (?:in|of) (?:the )?({CODE})(?= (?:method|function)))?"
    rf"|({CODE})(?: variable| argument)? from (?:the )?({CODE}) (?:method|function)(?:'s)? (?:parameters|arguments)",
    re.I,
)


def behaviour(scene: Scene) -> Iterator[Assertion]:
    """Claims about runs of the program, and about what it has."""
    text = scene.text
    for reader in (_running, _failing, _needed, _results, _names, _has, _parameters, _plain_code):
        yield from reader(scene)
    match = _CORRECT.search(text)
    if match:
        yield Assertion((TestCountClaim(status="failed", count=0),), match.start(), match.end())


def _running(scene: Scene) -> Iterator[Assertion]:
    text = scene.text
    match = _ENDLESS.search(text)
    if match and not _HYPOTHETICAL.search(text, 0, match.start()):
        end: tuple[Claim, ...] = (TerminationClaim(ends=False),)
        if "recurs" in scene.case.submission.code or any(
            p.what == "recursion" for p in places_of(scene.case.submission.code)
        ):
            end = (*end, ExceptionClaim(exception="RecursionError"))
        yield Assertion(end, match.start(), match.end())
    match = _RECURSES.search(text)
    if match and not _HYPOTHETICAL.search(text, 0, match.start()):
        yield Assertion((ExceptionClaim(exception="RecursionError"),), match.start(), match.end())
    yield from _raised_for(scene)
    match = re.search(r"\bdivision by zero\b|\bdivid\w+ by (?:zero|0)\b", text, re.I)
    if match and not classes_in(scene) and not re.search(r"\b(?:avoid|prevent|should|handle)", text, re.I):
        yield Assertion((ExceptionClaim(exception="ZeroDivisionError"),), *match.span(), loose=True)
    for match in _RAISES.finditer(text):
        if (
            match[1][0].isupper()
            and not _about_now(scene, match.start())
            and not re.search(r"\bnot\b|n't\b|\bnever\b|avoid|prevent", text, re.I)
        ):
            yield Assertion((ExceptionClaim(exception=match[1]),), match.start(), match.end(), loose=True)
        if (
            match[1][0].isupper()
            and not _HYPOTHETICAL.search(text, 0, match.start())
            and _about_now(scene, match.start())
        ):
            claims: list[Claim] = [ExceptionClaim(exception=match[1])]
            if match[1] == "NameError":
                claims.append(ExceptionClaim(exception="UnboundLocalError"))
            yield Assertion(tuple(claims), match.start(), match.end())
    match = _SYNTAX.search(text)
    if match and not _HYPOTHETICAL.search(text, 0, match.start()):
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
    elif outcomes and scene.case.execution.load_error is None and not _HYPOTHETICAL.search(scene.text):
        yield Assertion((), *spans, absurd=f"no test with such an input raises {name}")


def _about_now(scene: Scene, position: int) -> bool:
    """Whether nothing before says that it happens only for inputs which no test may have."""
    return not re.search(r"\b(?:not|never|without|if|when|unless)\b|n't\b", scene.text[:position][-60:], re.I)


def _results(scene: Scene) -> Iterator[Assertion]:
    text = scene.text
    outcomes = [item for item in scene.case.execution.outcomes if item.actual is not None]
    for match in _INSTEAD.finditer(text):
        came, needed = scene.reading.value(match[1]), scene.reading.value(match[2])
        if came is None or needed is None or _HYPOTHETICAL.search(text, 0, match.start()):
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
        if value is None or _HYPOTHETICAL.search(scene.text, 0, match.start()):
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
    if value is None or _HYPOTHETICAL.search(text, match.start(), match.end()):
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


def _names(scene: Scene) -> Iterator[Assertion]:
    text, code = scene.text, scene.case.submission.code
    known = {
        place.name for place in places_of(code) if place.what in ("initial-value", "parameter", "function", "class")
    }
    for match in _UNDEFINED.finditer(text):
        name = scene.code(match[1] or match[2])
        if is_literal(name) and parse(code) is not None:
            yield Assertion((), match.start(), match.end(), absurd=f"{name} is a value, which needs no definition")
        elif name.isidentifier() and not _HYPOTHETICAL.search(text, 0, match.start()):
            yield Assertion(_undefined(name, known), match.start(), match.end())
    for match in _UNINITIALISED.finditer(text):
        name = scene.code(match[1])
        if name.isidentifier() and parse(code) is not None:
            yield Assertion(_undefined(name, known), match.start(), match.end())
    for match in _INITIAL.finditer(text):
        if _HYPOTHETICAL.search(text, scene.reading.clause(match.start()).start, match.end()):
            continue
        name, value = scene.code(match[1]), scene.reading.value(match[2])
        places = [p for p in places_of(code) if p.what == "initial-value" and p.name == name.rpartition(".")[2]]
        if value is not None and places:
            yield Assertion(_first_values(scene, name, value), match.start(), match.end())


def _undefined(name: str, known: set[str | None]) -> tuple[Claim, ...]:
    """A name that is not defined either makes a run fail, or is nowhere given a value."""
    claims: tuple[Claim, ...] = (ConstructClaim(what="initial-value", present=False, name=name),)
    if name in known:
        return (ExceptionClaim(exception="NameError"), ExceptionClaim(exception="UnboundLocalError"))
    return claims


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


def _has(scene: Scene) -> Iterator[Assertion]:
    text = scene.text
    for match in _LACKS.finditer(text):
        words = match[1] or match[2]
        if not _HYPOTHETICAL.search(text, 0, match.start()):
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


def _parameters(scene: Scene) -> Iterator[Assertion]:
    """Names that are said to be parameters."""
    for match in _PARAMETER.finditer(scene.text):
        name, function = scene.code(match[1] or match[3]), match[2] or match[4]
        places = [place for place in places_of(scene.case.submission.code) if place.what == "function"]
        line = None
        if function:
            line = next((p.line for p in places if p.name == scene.code(function).removesuffix("()")), None)
        if (name.isidentifier() and not _HYPOTHETICAL.search(scene.text, 0, match.start())) or (
            name.isidentifier() and re.search(r"\bremov|\bdelet", scene.text, re.I)
        ):
            yield Assertion((ConstructClaim(what="parameter", present=True, name=name, line=line),), *match.span())


def _construct(words: str) -> Construct:
    return next(what for pattern, what in _HAS if re.fullmatch(pattern, words, re.I))


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
