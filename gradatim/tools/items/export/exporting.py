"""Items in one format, with what the format cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from gradatim.errors import InputError, StorageError
from gradatim.tools.items.export import checking, gift, moodle, qti
from gradatim.tools.items.export.question import Question, question_of
from gradatim.tools.items.item import Item

Format = Literal["qti3", "gift", "moodle"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was made.

    Attributes:
        content: The file: a zip (`qti3`), text (`gift`) or XML (`moodle`).
        items: How many.
        notes: Item → what the format cannot say about it.
    """

    content: bytes
    items: int
    notes: tuple[tuple[str, str], ...] = ()


def export_items(items: Iterable[Item], format: Format, *, staff: bool = False, coderunner: bool = False) -> Exported:
    """Items as another system reads them.

    Args:
        format: `qti3`, `gift` or `moodle`.
        staff: With hidden tests, right programs and misconception programs, for whoever grades.
        coderunner: `moodle`: programs as questions of the CodeRunner plug-in.

    Raises:
        InputError: There are no items, or an item cannot be answered.
        StorageError: What was made does not hold together; nothing is given away.
    """
    once = {item.id: item for item in items}
    if not once:
        raise InputError("there is no item", place="items", remedy="make or approve some first: `gradatim item --help`")
    for item in once.values():
        _check(item)
    questions = [question_of(item, staff=staff) for item in once.values()]
    notes = tuple((question.id, note) for question in questions for note in _notes(question, format))
    match format:
        case "qti3":
            content = qti.package(questions)
            if found := checking.problems(content):
                raise StorageError(f"the package does not hold together: {found[0]}", place="qti3")
        case "gift":
            content = gift.bank(questions)
        case "moodle":
            content = moodle.quiz(questions, coderunner=coderunner)
    return Exported(content, len(questions), notes)


def _check(item: Item) -> None:
    place = f"item {item.id}"
    if item.kind == "choice":
        right = sum(option.right for option in item.options)
        if right != 1 or len(item.options) < 2:
            raise InputError(
                f"has {len(item.options)} answers of which {right} are right",
                place=place,
                remedy="give two or more answers, exactly one of them right",
            )
    elif item.kind == "parsons":
        if sum(block.misconception is None for block in item.blocks) < 2:
            raise InputError("has fewer than two blocks to put in order", place=place, remedy="give its blocks")
    elif item.kind == "predict" and not item.answer.strip():
        raise InputError("has no answer that could be compared", place=place, remedy="give its answer")


def _notes(question: Question, format: Format) -> Iterator[str]:
    if question.interaction == "order" and format == "moodle":
        left = sum(not piece.belongs for piece in question.pieces)
        if left:
            yield f"blocks that do not belong are left out ({left}): Moodle's ordering uses every block"
        joined = sum(piece.belongs for piece in question.pieces) - len(moodle.merged(question))
        if joined:
            yield f"blocks that read like an earlier one are joined to the one before ({joined})"
    if question.interaction == "order" and format == "gift":
        yield "a matching question of places and blocks: GIFT has no ordering"
    if question.interaction == "line" and format == "gift" and not gift.comparable(question):
        yield "a person grades it: GIFT takes an answer with an arrow for a matching question"
    elif question.interaction == "line" and format == "gift" and (question.answer or "").lower() != question.answer:
        yield "case is not told apart: GIFT cannot ask for it"
    if question.interaction == "text" and format != "qti3" and question.answer is not None:
        yield "a person grades it: the answer has several lines"
