"""An item as other systems see it: what is shown, what is answered, what is right, what only staff may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice, product
from itertools import permutations as permuted
from typing import Literal

from gradatim.domain import TestCase, stable_id
from gradatim.tools.items.item import Difficulty, Item

Interaction = Literal["choice", "order", "line", "text"]
"""Pick one; put in order; write one line that is compared; write a text or a program."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that can be picked.

    Attributes:
        key: Identifies it within the question and does not tell whether it is right.
    """

    key: str
    text: str
    right: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One block that can be put in its place, with the indentation that it has there.

    Attributes:
        key: Identifies it within the question and tells nothing of its place.
    """

    key: str
    text: str
    belongs: bool


@dataclass(frozen=True, slots=True)
class Question:
    """An item without what the reader of the export may not see.

    Attributes:
        prompt: Markdown.
        program: Shown with it.
        answers: Of a choice.
        pieces: Of an order: those that belong in their order, then the others.
        answer: The line or text that is right, where answers can be compared with it.
        tests: How a program is judged; hidden ones only for staff.
        reference: A right program, for staff.
        traps: Misconception → a wrong program that it leads to, for staff.
    """

    id: str
    title: str
    language: str
    concepts: tuple[str, ...]
    difficulty: Difficulty
    interaction: Interaction
    prompt: str
    program: str | None = None
    answers: tuple[Answer, ...] = ()
    pieces: tuple[Piece, ...] = ()
    answer: str | None = None
    tests: tuple[TestCase, ...] = ()
    reference: str | None = None
    traps: tuple[tuple[str, str], ...] = ()

    @property
    def graded(self) -> bool:
        """Whether the receiving system can grade it by itself."""
        return self.interaction != "text" or self.answer is not None


def question_of(item: Item, *, staff: bool = False) -> Question:
    """What of an item goes into an export.

    Args:
        staff: With hidden tests, reference and misconception programs.
    """
    base = Question(
        id=item.id,
        title=item.title,
        language=item.language,
        concepts=item.concepts,
        difficulty=item.difficulty,
        interaction="text",
        prompt=item.prompt,
        program=item.program,
    )
    if item.kind == "choice":
        # items have the right option first, which neither place nor key may tell
        options = sorted(enumerate(item.options), key=lambda one: stable_id(item.id, str(one[0])))
        answers = tuple(
            Answer(f"A{number}", option.text, option.right, option.feedback)
            for number, (_, option) in enumerate(options, start=1)
        )
        return replace(base, interaction="choice", answers=answers)
    if item.kind == "parsons":
        keys = [f"B{number:02}" for number in range(1, len(item.blocks) + 1)]
        keys.sort(key=lambda key: stable_id(item.id, key))
        pieces = tuple(
            Piece(key, _indented(block.text, block.indent), block.misconception is None)
            for key, block in zip(keys, item.blocks, strict=True)
        )
        return replace(base, interaction="order", pieces=pieces)
    if item.kind == "predict":
        answer = item.answer.strip("\n")
        return replace(base, interaction="text" if "\n" in answer else "line", answer=answer)
    return replace(
        base,
        tests=tuple(test for test in item.task.tests if staff or not test.hidden),
        reference=(item.task.reference or item.answer) if staff else None,
        traps=tuple((wrong.misconception, wrong.code) for wrong in item.wrong) if staff else (),
    )


def _indented(text: str, levels: int) -> str:
    return "\n".join("    " * levels + line for line in text.strip("\n").split("\n"))


def test_text(test: TestCase) -> str:
    """One test in a line or a few, as a person reads it."""
    hidden = " (hidden)" if test.hidden else ""
    if test.call is not None:
        wanted = f"raises {test.raises}" if test.raises else test.expect
        return f"{test.call} → {wanted}{hidden}"
    if test.stdin is not None or test.stdout is not None:
        return f"input {test.stdin or ''!r} → output {test.stdout or ''!r}{hidden}"
    return f"{test.check or test.suite or test.label}{hidden}"


def orders(question: Question) -> tuple[tuple[str, ...], ...]:
    """All orders of pieces that give the right program: pieces with the same text may stand for each other.

    Returns:
        Keys in order; the item's own order first, at most 120.
    """
    right = [piece for piece in question.pieces if piece.belongs]
    places: dict[str, list[int]] = {}
    for place, piece in enumerate(right):
        places.setdefault(piece.text, []).append(place)
    # a block that does not belong but reads like one that does is as good as that one
    twins = {text: [piece.key for piece in question.pieces if piece.text == text] for text in places}
    ways = [[(places[text], keys) for keys in permuted(twins[text], len(places[text]))] for text in places]
    found: list[tuple[str, ...]] = []
    for way in islice(product(*ways), 120):
        order = [""] * len(right)
        for where, keys in way:
            for place, key in zip(where, keys, strict=True):
                order[place] = key
        found.append(tuple(order))
    return tuple(found)


def merged(question: Question) -> list[str]:
    """The right pieces as texts that all differ, for systems that tell pieces apart by their place alone: a piece that
    reads like an earlier one is joined to the one before it."""
    texts: list[str] = []
    for piece in question.pieces:
        if not piece.belongs:
            continue
        if piece.text in texts:
            texts[-1] += "\n" + piece.text
        else:
            texts.append(piece.text)
    return texts
