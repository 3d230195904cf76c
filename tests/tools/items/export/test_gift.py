"""What was written as GIFT means the same: read back by a small parser of its own, and by the collector's."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from gradatim.memory.collection import read_bank
from gradatim.tools.items import Item
from gradatim.tools.items.export import export_items
from tests.tools.items.export.material import ARROW, CHOICE, EVERY, LINES, NASTY, PARSONS, PREDICT, SECRET, WRITE

_MARK = "\ue000"


class _Text(HTMLParser):
    """The text of HTML, `pre` with its lines."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def text_of(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return "".join(parser.parts)


class Read:
    """One question of a GIFT file, by the rules of Moodle's importer."""

    def __init__(self, source: str) -> None:
        lines = [line for line in source.splitlines() if not line.startswith("//")]
        self.comments = [line for line in source.splitlines() if line.startswith("//")]
        text = "\n".join(lines)
        # escaped characters stand aside while the text is taken apart, as Moodle does it
        kept: list[str] = []

        def aside(found: re.Match[str]) -> str:
            kept.append("\n" if found[1] == "n" else found[1])
            return f"{_MARK}{len(kept) - 1}{_MARK}"

        text = re.sub(r"\\([\\~=#{}:n])", aside, text)

        def back(piece: str) -> str:
            return re.sub(f"{_MARK}(\\d+){_MARK}", lambda found: kept[int(found[1])], piece)

        named = re.match(r"\s*::(.*?)::", text, re.DOTALL)
        assert named is not None
        self.title = back(named[1])
        rest = text[named.end() :]
        assert rest.startswith("[html]")
        opened, closed = rest.index("{"), rest.rindex("}")
        assert rest.count("{") == 1
        assert rest.count("}") == 1
        self.stem = text_of(back(rest[len("[html]") : opened]))
        body = rest[opened + 1 : closed].strip()
        self.kind = (
            "essay" if not body else "choice" if "~" in body else "match" if "=" in body and "->" in body else "short"
        )
        self.answers: list[tuple[bool, str, str]] = []
        self.pairs: list[tuple[str, str]] = []
        for piece in re.split(r"(?=^[=~])", body, flags=re.MULTILINE):
            if not piece.strip():
                continue
            sign, content = piece[0], piece[1:].strip()
            if self.kind == "match":
                left, right = content.split("->", 1)
                self.pairs.append((back(left).strip(" "), back(right).strip(" ")))
                continue
            content = re.sub(r"^%-?\d+(\.\d+)?%", "", content)
            answer, _, feedback = content.partition("#")
            shown = text_of(back(answer)) if self.kind == "choice" else back(answer)
            self.answers.append((sign == "=", shown, text_of(back(feedback))))


def read(items: tuple[Item, ...], **options: bool) -> list[Read]:
    source = export_items(items, "gift", **options).content.decode()
    return [Read(block) for block in re.split(r"\n\s*\n", source.strip())]


def test_a_choice_with_every_character_that_means_something() -> None:
    (question,) = read((CHOICE,))
    assert question.kind == "choice"
    assert question.title == NASTY
    assert [right for right, _, _ in question.answers] == [True, False, False]
    assert [shown for _, shown, _ in question.answers] == ["0 1 2", "%50%0\n1\n2", NASTY.replace("`p`", "p")]
    assert question.answers[0][2] == "Right: range(3) stops before 3."
    assert question.answers[2][2] == "No. " + NASTY.replace("`p`", "p").replace("*o*", "o")
    assert "for i in range(3):\n\n    print(i, end='# = ~ {}')" in question.stem
    assert "[id:choice-1] [tag:range] [tag:for-loop]" in question.comments[0]
    assert "-0.70 logits" in question.comments[1]


def test_blocks_are_matched_with_their_places() -> None:
    (question,) = read((PARSONS,))
    assert question.kind == "match"
    places = [place for place, _ in question.pairs]
    assert places == ["1", "2", "3", "4", "5", "6", ""]
    shown = [block.replace("\u00a0", " ") for _, block in question.pairs]
    assert shown[0] == "def f(n) -> int:"
    assert shown[2] == shown[3] == "    x += 1"
    assert shown[4] == "    for i in y: ⏎         pass"
    assert shown[6] == "    return i"


def test_short_answers_have_no_wildcards() -> None:
    (question,) = read((PREDICT,))
    assert question.kind == "short"
    assert question.answers == [(True, r"a \* b = {c}", "")]  # an escaped asterisk, as Moodle takes it


@pytest.mark.parametrize("item", [ARROW, LINES, WRITE])
def test_what_cannot_be_compared_is_an_essay(item: Item) -> None:
    (question,) = read((item,))
    assert question.kind == "essay"


def test_what_gift_cannot_say_is_told() -> None:
    notes = dict(export_items(EVERY, "gift").notes)
    assert "no ordering" in notes["parsons-1"]
    assert "arrow" in notes["predict-2"]
    assert "several lines" in notes["predict-3"]


def test_case_is_told_where_it_matters() -> None:
    shouted = PREDICT.model_copy(update={"answer": "True"})
    assert "case" in dict(export_items((shouted,), "gift").notes)["predict-1"]
    assert export_items((PREDICT,), "gift").notes == ()


def test_secrets_are_not_written() -> None:
    for staff in (False, True):
        source = export_items(EVERY, "gift", staff=staff).content.decode()
        assert SECRET not in source
        assert "# the reference" not in source.replace("\\#", "#")


def test_the_collector_reads_it(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "bank.gift"
    path.write_bytes(export_items(EVERY, "gift").content)
    found = {question.name: question for question in read_bank(path)}
    assert len(found) == len(EVERY)
    assert found["Item parsons-1"].kind == "matching"
    assert found["Item predict-1"].kind == "short-answer"
    assert found["Item write-1"].kind == "essay"
    assert found[NASTY].kind == "multiple-choice"
    assert found["Item parsons-1"].tags == ("range", "for-loop")
