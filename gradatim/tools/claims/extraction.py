"""From a sentence of prose to claims that can be executed or looked up.

A language model writes sentences; what can be decided in them is taken out here by patterns, each of which reads
one way of saying something. What no pattern reads is a `ProseClaim`: it is compared with the cited evidence, and
if that does not bear it out it never reaches a learner as a fact.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Literal

from gradatim.domain import (
    CallResultClaim,
    ChangeFixesClaim,
    Claim,
    ExceptionClaim,
    ExpectedResultClaim,
    FeedbackPart,
    LineQuoteClaim,
    ProseClaim,
    TestCountClaim,
    TestOutcomeClaim,
)

_CODE = r"`([^`\n]{1,300})`"
_VALUE = r"(?:`([^`\n]{1,200})`|(-?\d+(?:\.\d+)?(?![\w.]*\()|None|True|False|\[[^\]\n]*\]|'[^'\n]*'|\"[^\"\n]*\"))"
_GIVES = r"(?:returns?|returned|gives?|gave|yields?|produces?|evaluates? to|outputs?|is)"
_EXCEPTION = r"\b([A-Z][A-Za-z]*(?:Error|Exception|Interrupt|Iteration))\b"

_CALL_GIVES = re.compile(_CODE + r"\s+(?:actually |currently |now |only |still |wrongly |incorrectly )?" + _GIVES + r"\s+" + _VALUE)
_CALL_NEEDS = re.compile(
    _CODE + r"\s+(?:should|must|ought to|needs? to|has to|is expected to)\s+(?:be|give|return|produce|yield|evaluate to|output)\s+" + _VALUE
)  # fmt: skip
_CALL_EXPECTED_GOT = re.compile(_CODE + r"[^`]{0,40}?expected\s+" + _VALUE + r",?\s+(?:but\s+)?(?:got|gave|was)\s+" + _VALUE, re.I)
_CALL_INSTEAD = re.compile(r"^\s*(?:,\s*)?(?:instead of|rather than|not)\s+(?:the expected\s+)?" + _VALUE)
_CALL_RAISES = re.compile(_CODE + r"\s+(?:raises?|raised|throws?|causes?)\s+(?:an?\s+)?`?" + _EXCEPTION)
_LINE_CODE = re.compile(r"\bline\s+(\d{1,5})\s*(?:[:,(]|reads|says|is|has|contains|with)?\s*(?:the\s+\w+\s+)?\(?" + _CODE, re.I)
_CODE_LINE = re.compile(_CODE + r"\s*(?:\(|,)?\s*(?:on|in|at|of)\s+line\s+(\d{1,5})\b", re.I)
_LINE = re.compile(r"\blines?\s+(\d{1,5})\b", re.I)
_NAMED = re.compile(r"\b(?:variable|parameter|name|list|function|loop variable)\s+(?:named\s+|called\s+)?`([A-Za-z_]\w*)`")
_RAISED = re.compile(r"\b(?:raises?|raised|throws?|causes?|gives?|get|gets|with|stops? with|an?|the)\s+`?" + _EXCEPTION)
_CHANGE = re.compile(r"\b(?:chang|replac|swap|turn)(?:e|es|ing)\s+(?:the\s+\w+\s+)?" + _CODE + r"\s+(?:to|with|by|for|into)\s+" + _CODE, re.I)
_COUNT = re.compile(r"\b(\d{1,4})\s+(?:of|out of)\s+(?:the\s+)?(\d{1,4})\s+(?:visible\s+)?tests?\s+(?:\w+\s+){0,2}?(pass|fail)", re.I)
_ALL = re.compile(r"\ball\s+(?:(?:of\s+)?the\s+)?(?:(\d{1,4})\s+)?tests?\s+(?:\w+\s+)?(pass|fail)", re.I)
_TEST = re.compile(r"\btests?\s+`?(t\d{1,4})`?\s+(?:\w+\s+){0,2}?(pass|fail)", re.I)

_UNCERTAIN = re.compile(r"\b(?:if|would|could|may|might|perhaps|possibly|probably|suppose|imagine|when)\b", re.I)
_ADVICE = re.compile(
    r"\b(?:should|use|using|try|instead|change|replace|need to|needs to|have to|must|consider|make sure|ensure|add|"
    r"missing|lacks?|without|no longer|never|not)\b",
    re.I,
)
_IMPERATIVE = re.compile(
    r"^(?:please\s+|now\s+|then\s+|first,?\s+|next,?\s+|also,?\s+)?(?:try|think|look|check|consider|trace|compare|read|work|write|ask|"
    r"count|follow|note|test|run|print|use|make|remember|start|take|go|keep|change|replace|add|remove|move|review|"
    r"ensure|see|find|imagine|practi[cs]e|explore|draw|let's|focus|pay|adjust|modify|update|fix|correct|initiali[sz]e|"
    r"set|put|rewrite|walk|watch|choose|pick|decide|revisit|double-check|do|don't|be|experiment|insert|call|debug)\b",
    re.I,
)


def claims_of(sentence: str, part: FeedbackPart, program: str) -> tuple[Claim, ...]:
    """What a sentence says that can be decided, or a `ProseClaim` where it states something that cannot.

    Args:
        sentence: One sentence, as `sentences` gives it.
        part: The feedback part it stands in: advice and encouragement state facts less often.
        program: The student's program, to find what a proposed change replaces.
    """
    found = list(dict.fromkeys(_decidable(sentence, program)))
    if found:
        return tuple(found)
    if part == "encouragement" or not states_a_fact(sentence, part):
        return ()
    return (ProseClaim(text=sentence),)


def states_a_fact(sentence: str, part: FeedbackPart) -> bool:
    """Whether a sentence asserts something, rather than asking or advising."""
    if sentence.rstrip("\"')").endswith("?"):
        return False
    if _IMPERATIVE.search(sentence):
        return False
    return not (part == "corrective_suggestion" and re.match(r"(?:you|it) (?:can|could|may|might|should|need)\b", sentence, re.I))


def _decidable(sentence: str, program: str) -> Iterator[Claim]:
    yield from _counts(sentence)
    yield from _results(sentence)
    yield from _changes(sentence, program)
    yield from _exceptions(sentence)
    yield from _lines(sentence)


def _counts(sentence: str) -> Iterator[Claim]:
    for match in _COUNT.finditer(sentence):
        yield TestCountClaim(status=_status(match[3]), count=int(match[1]), total=int(match[2]))
    for match in _ALL.finditer(sentence):
        # "all pass" says that none failed, and the other way round
        opposite = "failed" if _status(match[2]) == "passed" else "passed"
        yield TestCountClaim(status=opposite, count=0, total=int(match[1]) if match[1] else None)
    for match in _TEST.finditer(sentence):
        yield TestOutcomeClaim(test=match[1].lower(), status=_status(match[2]))


def _results(sentence: str) -> Iterator[Claim]:
    for match in _CALL_EXPECTED_GOT.finditer(sentence):
        if _is_call(match[1]):
            yield ExpectedResultClaim(call=match[1], result=match[2] or match[3])
            yield CallResultClaim(call=match[1], result=match[4] or match[5])
    for match in _CALL_NEEDS.finditer(sentence):
        if _is_call(match[1]) and _is_value(match[2] or match[3]):
            yield ExpectedResultClaim(call=match[1], result=match[2] or match[3])
    for match in _CALL_GIVES.finditer(sentence):
        result = match[2] or match[3]
        if _is_call(match[1]) and _is_value(result) and not _UNCERTAIN.search(sentence[: match.start()]):
            yield CallResultClaim(call=match[1], result=result)
            instead = _CALL_INSTEAD.match(sentence[match.end() :])
            if instead and _is_value(instead[1] or instead[2]):
                yield ExpectedResultClaim(call=match[1], result=instead[1] or instead[2])
    for match in _CALL_RAISES.finditer(sentence):
        if _is_call(match[1]):
            yield CallResultClaim(call=match[1], result=match[2])


def _changes(sentence: str, program: str) -> Iterator[Claim]:
    for match in _CHANGE.finditer(sentence):
        lines = [number for number, line in enumerate(program.splitlines(), 1) if match[1] in line]
        if len(lines) == 1:
            line = program.splitlines()[lines[0] - 1]
            yield ChangeFixesClaim(line=lines[0], replacement=line.replace(match[1], match[2]))


def _exceptions(sentence: str) -> Iterator[Claim]:
    if _UNCERTAIN.search(sentence) or _CALL_RAISES.search(sentence):
        return
    for match in _RAISED.finditer(sentence):
        line = _LINE.search(sentence)
        yield ExceptionClaim(exception=match[1], line=int(line[1]) if line else None)


def _lines(sentence: str) -> Iterator[Claim]:
    quoted: set[int] = set()
    advice = bool(_ADVICE.search(sentence))
    for match in _LINE_CODE.finditer(sentence):
        if int(match[1]) and not advice:
            quoted.add(int(match[1]))
            yield LineQuoteClaim(line=int(match[1]), text=match[2])
    for match in _CODE_LINE.finditer(sentence):
        if int(match[2]) and not advice:
            quoted.add(int(match[2]))
            yield LineQuoteClaim(line=int(match[2]), text=match[1])
    for match in _LINE.finditer(sentence):
        if int(match[1]) and int(match[1]) not in quoted:
            yield LineQuoteClaim(line=int(match[1]))
    if not advice:
        for match in _NAMED.finditer(sentence):
            yield LineQuoteClaim(text=match[1])


def _status(word: str) -> Literal["passed", "failed"]:
    return "passed" if word.lower().startswith("pass") else "failed"


def _is_call(text: str) -> bool:
    try:
        return isinstance(ast.parse(text.strip(), mode="eval").body, ast.Call)
    except (SyntaxError, ValueError):
        return False


def _is_value(text: str) -> bool:
    try:
        ast.literal_eval(text.strip())
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True
