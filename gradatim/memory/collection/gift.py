"""Moodle GIFT question files: a question bank, which tells the concepts of items and their answer keys.

Format: https://docs.moodle.org/en/GIFT_format. Questions stand between blank lines; `$CATEGORY:` lines tell the
category of those that follow, whose last part is taken as the concept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gradatim.errors import InputError
from gradatim.memory.collection.concepts import ConceptMap, Item
from gradatim.memory.collection.row import ReadingOptions, Rejected, Row, RowError, Skipped
from gradatim.memory.inputs import checked_id

QuestionKind = Literal[
    "true-false", "multiple-choice", "multiple-answer", "short-answer", "numerical", "matching", "essay", "description"
]
LIMIT = 1024 * 1024
"""Bytes that one question may have."""

_TITLE = re.compile(r"::(?P<title>(?:[^:\\]|\\.|:(?!:))*)::", re.DOTALL)
_FORMAT = re.compile(r"\[(?:html|moodle|plain|markdown)\]")
_TAG = re.compile(r"\[tag:(?P<tag>(?:[^\]\\]|\\.)*)\]")
_CATEGORY = re.compile(r"\$CATEGORY:(?P<path>.*)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_OPTION = re.compile(r"(?<!\\)([=~])\s*(?:%(-?\d+(?:\.\d+)?)%)?")
_MARK = re.compile(r"(?<!\\)#")
_TRUTH = {"T": "true", "TRUE": "true", "F": "false", "FALSE": "false"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a bank."""

    name: str
    """Its title; its text where it has none."""
    line: int
    kind: QuestionKind
    text: str
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    key: Mapping[str, float] | None = None
    """Answer → share of the points, 0–1; a pair `item -> match` for matching, `true` or `false`, a number or range
    (`3.14:0.01`, `1..5`) for numerical; `None` where a person has to grade."""

    @property
    def concepts(self) -> tuple[str, ...]:
        """What it is about: its tags, or else the last part of its category."""
        return self.tags or self.category[-1:]


class GiftReader:
    """A question bank as rows without events: it is there for the grade books beside it.

    Args:
        options: Not used; every reader takes them.
    """

    name = "gift"

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options

    def read(self, path: Path) -> Iterator[Row]:
        """A row for each question."""
        for number, raw, found in _questions(path):
            yield found if isinstance(found, Rejected) else Skipped(number, "a question of a bank")
            del raw

    def again(self, raw: bytes, context: Mapping[str, Any], place: int) -> Iterator[Row]:
        """The row of one question by itself."""
        try:
            parse_question(raw.decode(), place, ())
            yield Skipped(place, "a question of a bank")
        except UnicodeDecodeError:
            yield Rejected(place, "it is not UTF-8 text", raw, context)
        except RowError as error:
            yield Rejected(place, str(error), raw, context)

    def two_clocks(self, path: Path) -> bool:
        """Never."""
        return False


def read_bank(path: Path) -> list[Question]:
    """The questions of a GIFT file that can be read, in order.

    Raises:
        InputError: The file cannot be opened.
    """
    return [found for _, _, found in _questions(path) if isinstance(found, Question)]


def bank_concepts(questions: list[Question]) -> ConceptMap:
    """The concepts of the questions of a bank, by name and by order."""
    return ConceptMap(
        {question.name: Item(question.concepts) for question in questions if question.concepts},
        tuple(question.name for question in questions if question.kind != "description"),
    )


def _questions(path: Path) -> Iterator[tuple[int, bytes, Question | Rejected]]:
    category: tuple[str, ...] = ()
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="name a GIFT file") from error
    with file:
        for number, raw in _blocks(iter(lambda: file.readline(LIMIT), b"")):
            try:
                text = raw.decode("utf-8-sig")
                rest: list[str] = []
                for line in text.splitlines():
                    if found := _CATEGORY.match(line.strip()):
                        category = _path(found["path"])
                    else:
                        rest.append(line)
                if any(line.strip() and not line.strip().startswith("//") for line in rest):
                    yield number, raw, parse_question("\n".join(rest), number, category)
            except UnicodeDecodeError:
                yield number, raw, Rejected(number, "it is not UTF-8 text", raw)
            except RowError as error:
                yield number, raw, Rejected(number, str(error), raw)


def _blocks(lines: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """Runs of lines between blank ones, with the number of their first line."""
    block: list[bytes] = []
    size, begin = 0, 1
    for number, line in enumerate(lines, start=1):
        if line.strip():
            if not block:
                begin = number
            size += len(line)
            if size <= LIMIT:
                block.append(line)
        elif block:
            yield begin, b"".join(block)
            block, size = [], 0
    if block:
        yield begin, b"".join(block)


def parse_question(text: str, line: int, category: tuple[str, ...]) -> Question:
    """One question.

    Args:
        text: As it stands between blank lines.
        line: Number of its first line.
        category: The category that holds there.

    Raises:
        RowError: It is no GIFT question.
    """
    lines = text.splitlines()
    comments = " ".join(part for part in lines if part.strip().startswith("//"))
    tags = tuple(_plain(found["tag"]).strip() for found in _TAG.finditer(comments))
    body = "\n".join(part for part in lines if not part.strip().startswith("//")).strip()
    title = ""
    if found := _TITLE.match(body):
        title, body = _plain(found["title"]).strip(), body[found.end() :].strip()
    body = _FORMAT.sub("", body, count=1) if _FORMAT.match(body) else body
    begin = _position(body, "{", 0)
    if begin is None:
        if _position(body, "}", 0) is not None:
            raise RowError("its answers end with `}` but never begin")
        return _named(title, body, line, "description", category, tags, None)
    end = _position(body, "}", begin)
    if end is None:
        raise RowError("its answers begin with `{` but never end")
    stem = f"{body[:begin].strip()} _____ {body[end + 1 :].strip()}" if body[end + 1 :].strip() else body[:begin]
    kind, key = _answers(body[begin + 1 : end].strip())
    return _named(title, stem, line, kind, category, tags, key)


def _named(
    title: str, text: str, line: int, kind: QuestionKind, category: tuple[str, ...], tags: tuple[str, ...],
    key: Mapping[str, float] | None,
) -> Question:  # fmt: skip
    plain = " ".join(_plain(text).split())
    try:
        name = checked_id(title or plain[:200], "name of the question")
        for concept in (*category, *tags):
            checked_id(concept, "concept id")
    except InputError as error:
        raise RowError(error.message) from error
    return Question(name, line, kind, plain, category, tags, key)


def _answers(text: str) -> tuple[QuestionKind, Mapping[str, float] | None]:
    text = re.split(r"(?<!\\)####", text, maxsplit=1)[0].strip()  # feedback for everybody
    if not text:
        return "essay", None
    if text.startswith("#"):
        return "numerical", _numerical(text[1:].strip())
    truth = _MARK.split(text, maxsplit=1)[0].strip().upper()
    if truth in _TRUTH:
        return "true-false", {_TRUTH[truth]: 1.0}
    options = list(_OPTION.finditer(text))
    if not options or text[: options[0].start()].strip():
        raise RowError(f"its answers {text!r:.60} begin with neither `=` nor `~`")
    found: list[tuple[str, str | None, str]] = []
    for option, inside in _parts(options, text):
        answer = _FORMAT.sub("", _MARK.split(inside, maxsplit=1)[0].strip(), count=1)
        found.append((option[1], option[2], _plain(answer).strip()))
    if all(sign == "=" and "->" in answer for sign, _, answer in found):
        return "matching", {
            " -> ".join(map(str.strip, answer.split("->", 1))): 1 / len(found) for _, _, answer in found
        }
    key = {answer: (float(weight) / 100 if weight else 1.0) for sign, weight, answer in found if weight or sign == "="}
    key = {answer: share for answer, share in key.items() if share > 0}
    if not key:
        raise RowError("none of its answers is right")
    if all(sign == "=" for sign, _, _ in found):
        return "short-answer", key
    return ("multiple-choice" if any(sign == "=" for sign, _, _ in found) else "multiple-answer"), key


def _numerical(text: str) -> Mapping[str, float]:
    key: dict[str, float] = {}
    options = list(_OPTION.finditer(text))
    parts = [(inside, option[2]) for option, inside in _parts(options, text)] if options else [(text, None)]
    for inside, weight in parts:
        answer = _MARK.split(inside, maxsplit=1)[0].strip()
        try:
            bounds = [float(bound) for bound in re.split(r"\.\.|:", answer)]
        except ValueError as error:
            raise RowError(f"its answer {answer!r:.40} is no number, range or number with tolerance") from error
        if len(bounds) > 2:
            raise RowError(f"its answer {answer!r:.40} has more than two bounds")
        key[answer] = float(weight) / 100 if weight else 1.0
    return key


def _parts(options: list[re.Match[str]], text: str) -> Iterator[tuple[re.Match[str], str]]:
    """What stands between the signs of the options."""
    for place, option in enumerate(options):
        end = options[place + 1].start() if place + 1 < len(options) else len(text)
        yield option, text[option.end() : end]


def _position(text: str, mark: str, begin: int) -> int | None:
    found = re.compile(rf"(?<!\\){re.escape(mark)}").search(text, begin)
    return found.start() if found else None


def _path(text: str) -> tuple[str, ...]:
    parts = re.split(r"(?<!/)/(?!/)", text.strip())
    plain = (part.replace("//", "/").strip() for part in parts)
    return tuple(part for part in plain if part and not (part.startswith("$") and part.endswith("$")) and part != "top")


def _plain(text: str) -> str:
    """Text without escapes: `\\n` is a line break, a backslash before anything else goes away."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)
