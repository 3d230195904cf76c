"""For which kind of input a sentence says that the program fails, or works."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from gradatim.domain import InputClass, InputClassClaim, TestOutcomeClaim
from gradatim.tools.claims.constructs import places_of
from gradatim.tools.claims.extraction.reading import CODE, VALUE
from gradatim.tools.claims.inputclasses import classes_of, numbers_of
from gradatim.tools.claims.prose.assertion import Assertion, Scene

_CLASSES: tuple[tuple[InputClass, str], ...] = (
    ("empty", r"empty (?:lists?|strings?|texts?|grids?|tables?|inputs?|dictionar\w+|sequences?|arrays?|(?:input )?\w+)"
              r"|(?:lists?|strings?|texts?|grids?|tables?|inputs?|[\ue100-\uf0ff]) (?:\w+ )?(?:is|are) empty"
              r"|(?:there )?(?:is|are|with|has|have|contains?) no (?:readings?|words?|elements?|numbers?|items?|rows?|"
              r"values?|temperatures?|votes?)|no (?:readings|words|elements|rows|votes)\b"),
    ("zero", r"(?:is|are|equals?|equal to|for|with|of|handle|when|input|being|case|number is) (?:the )?(?:case"
             r" )?(?:of )?(?:\w+ )?(?:0|zero)\b(?!\.?\d)"),
    ("one", r"(?:is|equals?|equal to|for|handle) (?:\w+ )?(?:1|one)\b(?! (?:of|time|too|element|more"
            r"|iteration))(?![.\d])"),
    ("negative", r"negative (?:numbers?|values?|integers?|inputs?|readings?|amounts?)|(?:is|are) negative|less"
                 r" than (?:0|zero)\b"),
    ("single", r"(?:single|one|only one|just one)[- ](?:element|item|word|number|digit|reading|row)s?"),
    ("uppercase", r"upper-?\s?case|capital(?:i[sz]ed)?(?: letters?| vowels?)?"),
    ("lowercase", r"lower-?\s?case"),
    ("repeated", r"duplicates?|repeated|(?:more than|at least) once|appears? (?:multiple|several|more)"
                 r"|(?:when|where) (?:an?|the) \w+ (?:is )?already (?:present|in|exists?|there|counted)"),
    ("odd", r"\bodd (?:numbers?|values?|inputs?)"),
    ("even", r"\beven (?:numbers?|values?|inputs?)"),
    ("fraction", r"(?:decimal|floating[- ]point|non-?integer|fractional) (?:numbers?|values?|inputs?|weights?"
                 r"|results?)|\bfloats\b"),
    ("omitted", r"no (?:list|argument|value|guests?) (?:is|are|was|were) (?:given|passed|provided|supplied|specified)"
                r"|(?:is|are|was) not (?:given|passed|provided|supplied|specified)|without (?:a |an |any )?(?:list"
                r"|argument)"),
    ("prime", r"prime\b"),
    ("large", r"large(?:r)? (?:numbers?|inputs?|values?|lists?)"),
)  # fmt: skip
_PATTERNS: tuple[tuple[InputClass, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:\b|(?={CODE}))(?:{pattern})", re.IGNORECASE)) for kind, pattern in _CLASSES
)
_NOT_HANDLED = re.compile(
    r"\b(?:(?:does|do|did|is|are|can|will)(?: not|n't)|cannot|not|never|without|fails? to|failing to) (?:\w+ly"
    r" )?(?:be )?(?:\w+ly )?"
    r"(?:handl\w+|account\w* for|work\w*|deal\w* with|consider\w*|support\w*|cover\w*|treat\w*|process\w*|count\w*|"
    r"recogni[sz]\w+|includ\w+|check\w*(?: for| if| whether)?|return\w*|print\w*|ignor\w*|exclud\w*|address\w*"
    r"|manag\w*)"
    r"|\b(?:fails?|crash\w*|breaks?|wrong|incorrect|raises?|error)\b[^.;]{0,30}?\b(?:for|when|with|on|if)\b",
    re.IGNORECASE,
)
_HANDLED = re.compile(
    r"\b(?:correctly|properly|already|does) (?:handl\w+|works?|deals? with|returns?|prints?|counts?|accounts? for)\b"
    r"|\bworks? (?:correctly |fine |well |properly )?(?:for|with|on|when)\b|\bhandles\b(?! (?:\w+ ){0,3}incorrectly)",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:problem|issue|error|mistake|bug|fault)s?\b[^.;]{0,50}?\b(?:is|are|lies?|because)\b"
    r"|\bfails?\b[^.;]{0,30}?\bbecause\b"
    r"|\bbecause\b[^.;]{0,20}?\b(?:does not|doesn't|is not)\b",
    re.IGNORECASE,
)
_ALSO = re.compile(r"\b(?:also|additionally|furthermore|moreover|in addition)\b", re.IGNORECASE)
_FUTURE = re.compile(r"\b(?:should|must|need|to fix|ensure|make sure|would|could|will|add)\b", re.IGNORECASE)


def classes_in(scene: Scene, start: int = 0, end: int | None = None) -> list[tuple[InputClass, int, int]]:
    """Kinds of inputs that a part of the sentence names, with where it does."""
    stop = len(scene.text) if end is None else end
    found: list[tuple[InputClass, int, int]] = []
    for kind, pattern in _PATTERNS:
        match = pattern.search(scene.text, start, stop)
        if match:
            found.append((kind, match.start(), match.end()))
    return sorted(found, key=lambda item: item[1])


def handled(scene: Scene) -> Iterator[Assertion]:
    """Whether the program works for a kind of input."""
    text = scene.text
    bad, good = _NOT_HANDLED.search(text), _HANDLED.search(text)
    match = bad or good
    if match is None or (_FUTURE.search(text, 0, match.start()) and not _CAUSE.search(text)):
        return
    kinds = [item for item in classes_in(scene, match.start()) if item[2] > match.start()]
    if not kinds:
        kinds = [
            item
            for item in classes_in(scene, 0, match.start())
            if re.search(r"\b(?:when|if|for|with)\b", text[: item[1]], re.I)
        ]
    if not kinds:
        return
    if (
        bad
        and re.search(r"print|return|check|count", match.group(), re.I)
        and re.search(rf"^ ?(?:the |an? )?(?:{CODE}|{VALUE}|empty)", text[match.end() :])
        and not re.search(r"check", match.group(), re.I)
    ):
        # "does not return an empty text when …" says what is returned, not which inputs fail
        later = [item for item in kinds if item[1] > match.end() + 12]
        kinds = later or kinds
    cause = bool(bad and _CAUSE.search(text)) and not _ALSO.search(text)
    claims = tuple(InputClassClaim(what=kind, handled=not bad, cause=cause) for kind, _, _ in kinds[:1])
    yield Assertion(claims, match.start(), max(item[2] for item in kinds))


_PREDICATES: tuple[tuple[str, Callable[[float, float, float], bool]], ...] = (
    (r"between (?P<a>{n}) (?:\w+ )?(?:and|to) (?P<b>{n})", lambda x, a, b: a <= x <= b),
    (r"(?:greater|more|larger|higher|bigger) than or equal to (?P<a>{n})|at least (?P<a2>{n})", lambda x, a, _: x >= a),
    (r"(?:less|smaller|fewer|lower) than or equal to (?P<a>{n})|(?:at most|up to) (?P<a2>{n})", lambda x, a, _: x <= a),
    (r"(?:greater|more|larger|higher|bigger) than (?P<a>{n})|(?:above|over) (?P<a2>{n})", lambda x, a, _: x > a),
    (r"(?:less|smaller|fewer|lower) than (?P<a>{n})|(?:below|under) (?P<a2>{n})", lambda x, a, _: x < a),
    (r"exactly (?P<a>{n})|(?:is|of|equals?|equal to|for) (?P<a2>{n})", lambda x, a, _: x == a),
)  # fmt: skip
_NUMBER = r"-?\d+(?:\.\d+)?(?![\d\w])"
_RANGES = tuple(
    (re.compile(rf"\b(?:{pattern.format(n=_NUMBER)})", re.IGNORECASE), test) for pattern, test in _PREDICATES
)
_RIGHTLY = re.compile(
    r"\b(?:correctly|properly|rightly) (?:prints?|returns?|gives?|outputs?|handl\w+|works?)", re.IGNORECASE
)
_WRONGLY = re.compile(r"\b(?:prints?|returns?|gives?|outputs?)\b[^.;]{0,60}?\b(?:incorrect|wrong)\b", re.IGNORECASE)


def for_numbers(scene: Scene) -> Iterator[Assertion]:
    """Whether the program works for inputs that lie within certain numbers."""
    text = scene.text
    bad = _NOT_HANDLED.search(text) or _WRONGLY.search(text)
    good = None if bad and _NOT_HANDLED.search(text) else _RIGHTLY.search(text)
    match = good or bad
    if match is None or (_FUTURE.search(text, 0, match.start()) and not _CAUSE.search(text)):
        return
    found = _range_in(text)
    if found is None:
        return
    members = [test for test in scene.case.task.tests if any(found[0](number) for number in numbers_of(test))]
    status = "passed" if good else "failed"
    claims = tuple(TestOutcomeClaim(test=test.id, status=status) for test in members)
    start, end = min(match.start(), found[1]), max(match.end(), found[2])
    failing = {item.test for item in scene.case.execution.outcomes if item.status not in ("passed", "not-run")}
    if not members or scene.case.execution.load_error is not None:
        return
    # that some tests with such an input fail says little where others fail as well
    others = failing - {test.id for test in members}
    if len(members) == len(scene.case.task.tests):
        return
    if good or not others or not failing & {test.id for test in members}:
        yield Assertion(claims, start, end)
    elif bad and _CAUSE.search(text) and len(members) == 1 and not _recursive(scene):
        yield Assertion((), start, end, absurd="tests with other inputs fail as well")


def _recursive(scene: Scene) -> bool:
    """Whether the program may come to an input from any other."""
    return any(place.what == "recursion" for place in places_of(scene.case.submission.code))


def _range_in(text: str) -> tuple[Callable[[float], bool], int, int] | None:
    for pattern, holds in _RANGES:
        match = pattern.search(text)
        if match:
            groups = match.groupdict()
            low = float(groups.get("a") or groups.get("a2") or 0)
            high = float(groups.get("b") or low)
            return partial(_within, holds, low, high), match.start(), match.end()
    return None


def predicate_in(text: str) -> tuple[Callable[[float], bool], tuple[float, ...]] | None:
    """Which numbers a part of a sentence speaks of, and the ends of their range."""
    for pattern, holds in _RANGES:
        match = pattern.search(text)
        if match:
            groups = match.groupdict()
            low = float(groups.get("a") or groups.get("a2") or 0)
            high = float(groups.get("b") or low)
            return partial(_within, holds, low, high), (low, high)
    return None


def _within(holds: Callable[[float, float, float], bool], low: float, high: float, number: float) -> bool:
    return holds(number, low, high)


def letter_case(scene: Scene) -> Iterator[Assertion]:
    """Whether small and capital letters are told apart."""
    match = re.search(r"\b(?:is|are|being)( not|n't)? case[- ](in)?sensitive\b", scene.text, re.IGNORECASE)
    if match and not _FUTURE.search(scene.text, 0, match.start()):
        apart = (match[1] is None) != (match[2] is not None)
        if any("uppercase" in classes_of(test, scene.case) for test in scene.case.task.tests):
            yield Assertion((InputClassClaim(what="uppercase", handled=not apart),), match.start(), match.end())
