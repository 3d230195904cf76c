"""Moodle XML (https://docs.moodle.org/en/Moodle_XML_format), as Moodle 4.x imports it.

`multichoice`, `ordering` (part of Moodle since 4.4, a plug-in before), `shortanswer` and `essay`; programs also as
`coderunner` questions, for sites that have that plug-in. Concepts and difficulty become tags.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gradatim.domain import TestCase
from gradatim.languages import available, has, say, speaking
from gradatim.tools.items.export.markup import code_block, elements, html, legal, short
from gradatim.tools.items.export.qti import difficulty_word
from gradatim.tools.items.export.question import Question, merged, test_text

_SOME_ARE_LEFT = "items.kind.parsons.distractors"
_EXACT = (bool, int, str, bytes, type(None))
"""Types whose written form is always the same."""


def quiz(questions: Sequence[Question], *, coderunner: bool = False) -> bytes:
    """A Moodle XML file.

    Args:
        coderunner: Programs as questions of the CodeRunner plug-in where their tests can be told to it.
    """
    root = Element("quiz")
    for question in questions:
        root.append(_question(question, coderunner))
    indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode").encode() + b"\n"


def wildcards(answer: str) -> str:
    """A short answer with its asterisks as they are, which stand for anything otherwise."""
    return answer.replace("*", r"\*")


def _question(question: Question, coderunner: bool) -> Element:
    match question.interaction:
        case "choice":
            return _choice(question)
        case "order":
            return _order(question)
        case "line":
            return _line(question)
        case "text":
            tests = [case for test in question.tests if (case := _testcase(test)) is not None]
            if coderunner and tests and len(tests) == len(question.tests):
                return _coderunner(question, tests)
            return _essay(question)


def _begin(kind: str, question: Question) -> Element:
    found = Element("question", {"type": kind})
    _text(SubElement(found, "name"), question.title)
    shown = elements(question.prompt)
    if question.program is not None:
        shown.append(code_block(question.program))
    _html(found, "questiontext", html(shown))
    _html(found, "generalfeedback", "")
    SubElement(found, "defaultgrade").text = "1"
    SubElement(found, "penalty").text = "0.3333333"
    SubElement(found, "hidden").text = "0"
    SubElement(found, "idnumber").text = legal(question.id)
    return found


def _end(found: Element, question: Question) -> Element:
    tags = SubElement(found, "tags")
    value = question.difficulty.value
    for tag in (*question.concepts, f"difficulty: {difficulty_word(value)}", f"difficulty {value:.2f} logits"):
        _text(SubElement(tags, "tag"), tag)
    return found


def _choice(question: Question) -> Element:
    found = _begin("multichoice", question)
    SubElement(found, "single").text = "true"
    SubElement(found, "shuffleanswers").text = "true"
    SubElement(found, "answernumbering").text = "abc"
    for answer in question.answers:
        block = _html(found, "answer", html(short(answer.text)), fraction="100" if answer.right else "0")
        _html(block, "feedback", html(elements(answer.feedback)))
    return _end(found, question)


def _order(question: Question) -> Element:
    found = _begin("ordering", replace(question, prompt=_without_distractors(question)))
    texts = merged(question)
    SubElement(found, "layouttype").text = "VERTICAL"
    SubElement(found, "selecttype").text = "ALL"
    SubElement(found, "selectcount").text = str(len(texts))
    SubElement(found, "gradingtype").text = "ABSOLUTE_POSITION"
    SubElement(found, "showgrading").text = "SHOW"
    SubElement(found, "numberingstyle").text = "none"
    for place, text in enumerate(texts, start=1):
        _html(found, "answer", html([code_block(text)]), fraction=f"{place}.0000000")
    return _end(found, question)


def _without_distractors(question: Question) -> str:
    """The prompt without the sentence that some blocks do not belong: none of them is written."""
    if question.language not in available():
        return question.prompt
    with speaking(question.language):
        return question.prompt.replace(say(_SOME_ARE_LEFT), "").rstrip() if has(_SOME_ARE_LEFT) else question.prompt


def _line(question: Question) -> Element:
    found = _begin("shortanswer", question)
    SubElement(found, "usecase").text = "1"
    answer = SubElement(found, "answer", {"fraction": "100", "format": "moodle_auto_format"})
    SubElement(answer, "text").text = legal(wildcards(question.answer or ""))
    _html(answer, "feedback", "")
    return _end(found, question)


def _essay(question: Question) -> Element:
    found = _begin("essay", question)
    SubElement(found, "responseformat").text = "monospaced"
    SubElement(found, "responserequired").text = "1"
    SubElement(found, "responsefieldlines").text = "15"
    SubElement(found, "attachments").text = "0"
    SubElement(found, "attachmentsrequired").text = "0"
    _html(found, "graderinfo", html(grading(question)))
    template = question.program if question.program is not None and question.answer is None else ""
    block = SubElement(found, "responsetemplate", {"format": "plain_text"})
    SubElement(block, "text").text = legal(template)
    return _end(found, question)


def grading(question: Question) -> list[Element]:
    """How a person grades it: the right text, tests, and for staff a right program and what goes wrong."""
    found: list[Element] = []
    if question.answer is not None:
        found += [*elements("Right:"), code_block(question.answer)]
    if question.tests:
        found.append(listed := Element("ul"))
        for test in question.tests:
            SubElement(SubElement(listed, "li"), "code").text = legal(test_text(test))
    if question.reference:
        found += [*elements("A right program:"), code_block(question.reference)]
    for misconception, code in question.traps:
        found += [*elements(f"As it is written with the misconception `{misconception}`:"), code_block(code)]
    return found


def _coderunner(question: Question, tests: Sequence[tuple[TestCase, str, str]]) -> Element:
    found = _begin("coderunner", question)
    SubElement(found, "coderunnertype").text = "python3"
    SubElement(found, "prototypetype").text = "0"
    SubElement(found, "allornothing").text = "1"
    SubElement(found, "penaltyregime").text = "0"
    SubElement(found, "answerboxlines").text = "18"
    SubElement(found, "answerpreload").text = legal(question.program or "")
    SubElement(found, "answer").text = legal(question.reference or "")
    SubElement(found, "validateonsave").text = "1" if question.reference else "0"
    listed = SubElement(found, "testcases")
    for test, code, expected in tests:
        case = SubElement(
            listed, "testcase",
            {"testtype": "0", "useasexample": "0", "hiderestiffail": "0", "mark": f"{test.weight:.7f}"},
        )  # fmt: skip
        for name, text in (("testcode", code), ("stdin", test.stdin or ""), ("expected", expected), ("extra", "")):
            _text(SubElement(case, name), text)
        _text(SubElement(case, "display"), "HIDE" if test.hidden else "SHOW")
    return _end(found, question)


def _testcase(test: TestCase) -> tuple[TestCase, str, str] | None:
    """A test as code that prints and what it has to print; `None` where CodeRunner cannot be told."""
    if test.suite is not None:
        return None
    if test.call is not None and test.raises is not None:
        tried = f"try:\n    {test.call}\nexcept {test.raises}:\n    print({test.raises!r})"
        return test, f"{tried}\nelse:\n    print('no exception')", test.raises
    if test.call is not None:
        try:
            value = ast.literal_eval(test.expect or "")
        except (ValueError, SyntaxError):
            return None
        if _is_exact(value):
            return test, f"print(repr({test.call}))", repr(value)
        return test, f"print(({test.call}) == ({test.expect}))", "True"
    if test.check is not None:
        return test, f"{test.check}\nprint('passed')", "passed"
    return test, "", test.stdout or ""


def _is_exact(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_exact, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return isinstance(value, _EXACT)


def _text(place: Element, text: str) -> None:
    SubElement(place, "text").text = legal(text)


def _html(place: Element, tag: str, content: str, **attributes: str) -> Element:
    found = SubElement(place, tag, {**attributes, "format": "html"})
    SubElement(found, "text").text = content
    return found
