"""What was written as Moodle XML means the same."""

from __future__ import annotations

import contextlib
import io
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, fromstring

import pytest

from gradatim.domain import TestCase
from gradatim.errors import InputError
from gradatim.languages import say, speaking
from gradatim.tools.items import Block, Item, Option
from gradatim.tools.items.export import export_items
from tests.tools.items.export.material import (
    CHOICE,
    EVERY,
    FIX,
    LINES,
    NASTY,
    PARSONS,
    PREDICT,
    REFERENCE,
    SECRET,
    TASK,
    WRITE,
    item,
)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain(html: str | None) -> str:
    parser = _Text()
    parser.feed(html or "")
    return "".join(parser.parts)


def questions(items: tuple[Item, ...], **options: bool) -> list[Element]:
    return list(fromstring(export_items(items, "moodle", **options).content))


def one(item: Item, **options: bool) -> Element:
    (question,) = questions((item,), **options)
    return question


def test_every_kind_has_its_type() -> None:
    kinds = [question.get("type") for question in questions(EVERY)]
    assert kinds == ["multichoice", "ordering", "shortanswer", "shortanswer", "essay", "essay", "essay"]


def test_a_choice() -> None:
    question = one(CHOICE)
    assert question.findtext("name/text") == NASTY
    assert question.findtext("single") == "true"
    answers = [(answer.get("fraction"), plain(answer.findtext("text"))) for answer in question.findall("answer")]
    assert answers == [("100", "0 1 2"), ("0", "%50%0\n1\n2"), ("0", NASTY.replace("`p`", "p"))]
    feedback = [plain(answer.findtext("feedback/text")) for answer in question.findall("answer")]
    assert feedback[0] == "Right: range(3) stops before 3."
    assert feedback[1] == ""
    tags = [tag.findtext("text") for tag in question.findall("tags/tag")]
    assert tags == ["range", "for-loop", "difficulty: easy", "difficulty -0.70 logits"]
    assert question.findtext("idnumber") == "choice-1"
    assert "<i>" not in (question.findtext("questiontext/text") or "")  # what was written as text stays text


def test_blocks_differ_and_stand_in_order() -> None:
    made = export_items((PARSONS,), "moodle")
    (question,) = fromstring(made.content)
    answers = question.findall("answer")
    assert [float(answer.attrib["fraction"]) for answer in answers] == [1, 2, 3, 4, 5]
    texts = [plain(answer.findtext("text")) for answer in answers]
    assert len(set(texts)) == len(texts)
    assert "\n".join(texts).split("\n") == [
        "def f(n) -> int:", "    x = 1", "    x += 1", "    x += 1", "    for i in y:", "        pass", "    return x",
    ]  # fmt: skip
    assert question.findtext("selectcount") == "5"
    notes = [note for _, note in made.notes]
    assert any("do not belong" in note for note in notes)
    assert any("joined" in note for note in notes)


@pytest.mark.parametrize("language", ["en", "zh", "xx"])
def test_no_block_is_announced_that_is_left_out(language: str) -> None:
    with speaking(language if language != "xx" else "en"):
        announced = say("items.kind.parsons.distractors")
    told = PARSONS.model_copy(update={"prompt": f"Put in order.\n\n{announced}", "language": language})
    shown = plain(one(told).findtext("questiontext/text"))
    assert shown.startswith("Put in order.")
    assert (announced in shown) == (language == "xx")  # nothing is known of a language that is none


def test_a_line_without_wildcards() -> None:
    question = one(PREDICT)
    assert question.findtext("answer/text") == r"a \* b = {c}"
    assert question.findtext("usecase") == "1"


def test_essays_tell_the_grader() -> None:
    assert "1\n  2\n3" in plain(one(LINES).findtext("graderinfo/text"))
    assert plain(one(WRITE).findtext("graderinfo/text")).startswith("f(3) → [1, 2]")
    assert one(FIX).findtext("responsetemplate/text") == FIX.program
    assert one(WRITE).findtext("responseformat") == "monospaced"


def test_secrets_are_for_staff() -> None:
    for coderunner in (False, True):
        learner = export_items(EVERY, "moodle", coderunner=coderunner).content.decode()
        staff = export_items(EVERY, "moodle", staff=True, coderunner=coderunner).content.decode()
        for secret in (SECRET, "# the reference"):
            assert secret not in learner
            assert secret in staff


def test_coderunner_tests_judge_as_ours_do() -> None:
    question = one(WRITE, coderunner=True, staff=True)
    assert question.get("type") == "coderunner"
    assert question.findtext("coderunnertype") == "python3"
    assert question.findtext("answer") == REFERENCE
    shown = [case.findtext("display/text") for case in question.findall("testcases/testcase")]
    assert shown == ["SHOW", "SHOW", "HIDE"]
    hidden = "def hidden_secret_call(n):\n    return {2, 1}\n"
    raising = "def f(n):\n    if n < 0:\n        raise ValueError\n    return list(range(1, n))\n"
    wrong = "def f(n):\n    return list(range(n))\n"
    assert judged(question, raising + hidden) == [True, True, True]
    assert judged(question, wrong) == [False, False, False]


def judged(question: Element, program: str) -> list[bool]:
    """Run a program with each test, as CodeRunner's type `python3` does: the answer, then the test's code."""
    found: list[bool] = []
    for case in question.findall("testcases/testcase"):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.suppress(NameError):
            exec(compile(f"{program}\n{case.findtext('testcode/text')}", "answer", "exec"), {})
        found.append(printed.getvalue().rstrip() == (case.findtext("expected/text") or "").rstrip())
    return found


def test_whole_programs_go_to_coderunner_with_their_input() -> None:
    echo = TASK.model_copy(update={"kind": "program", "tests": (TestCase(id="t1", stdin="3\n", stdout="6\n"),)})
    question = one(item("write", "w", task=echo), coderunner=True)
    case = question.find("testcases/testcase")
    assert case is not None
    assert (case.findtext("stdin/text"), case.findtext("expected/text")) == ("3\n", "6\n")
    assert case.findtext("testcode/text") in ("", None)


def test_tests_that_coderunner_cannot_be_told_stay_with_people() -> None:
    suite = TASK.model_copy(
        update={"tests": (TestCase(id="t1", suite="test_it"),), "test_file": "def test_it(): ...\n"}
    )
    assert one(item("write", "w", task=suite), coderunner=True).get("type") == "essay"


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (item("choice", "x", options=(Option(text="a", right=True),)), "1 answers"),
        (item("choice", "x", options=(Option(text="a"), Option(text="b"))), "0 are right"),
        (
            item("choice", "x", options=(Option(text="a", right=True), Option(text="b", right=True))),
            "2 are right",
        ),
        (item("parsons", "x", blocks=(Block(text="a"), Block(text="b", misconception="m"))), "fewer than two"),
        (item("predict", "x", answer=" \n"), "no answer"),
    ],
)
def test_an_item_that_cannot_be_answered_is_refused(broken: Item, told: str) -> None:
    for form in ("qti3", "gift", "moodle"):
        with pytest.raises(InputError, match=told) as caught:
            export_items((CHOICE, broken), form)
        assert caught.value.place == "item x"


def test_no_items_are_refused() -> None:
    with pytest.raises(InputError, match="no item"):
        export_items((), "gift")


def test_an_item_is_written_once() -> None:
    assert export_items((CHOICE, CHOICE), "moodle").items == 1
