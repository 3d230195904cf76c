"""What was written as QTI 3 means the same: read back by a reader of its own, which knows nothing of the writer."""

from __future__ import annotations

import io
import zipfile
from itertools import permutations
from xml.etree.ElementTree import Element, fromstring

import pytest

from gradatim.tools.items import Item
from gradatim.tools.items.export import checking, export_items
from gradatim.tools.items.export.qti import difficulty_word, identifier
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
    TRAP,
    WRITE,
)

Q = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
M = "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}"
L = "{http://ltsc.ieee.org/xsd/LOM}"


def files(items: tuple[Item, ...], **options: bool) -> dict[str, bytes]:
    made = export_items(items, "qti3", **options)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def one(item: Item, **options: bool) -> Element:
    (content,) = (content for name, content in files((item,), **options).items() if name != "imsmanifest.xml")
    return fromstring(content)


def said(element: Element) -> str:
    return "".join(element.itertext())


class Player:
    """Answers an item as a delivery system would: response processing, and the feedback that shows."""

    def __init__(self, root: Element) -> None:
        self.root = root
        declared = root.find(f"{Q}qti-response-declaration")
        assert declared is not None
        self.correct = [value.text for value in declared.iter(f"{Q}qti-value")]

    def answer(self, response: str | list[str]) -> tuple[float, str]:
        outcomes: dict[str, str] = {}
        given = [response] if isinstance(response, str) else response
        processing = self.root.find(f"{Q}qti-response-processing")
        assert processing is not None
        for rule in processing:
            if rule.tag == f"{Q}qti-set-outcome-value":
                outcomes[rule.attrib["identifier"]] = given[0]
            elif rule.tag == f"{Q}qti-response-condition":
                first, other = rule
                branch = first if self.holds(first[0], given) else other
                for action in branch.findall(f"{Q}qti-set-outcome-value"):
                    outcomes[action.attrib["identifier"]] = action[0].text or ""
        shown = [
            said(block)
            for block in self.root.findall(f"{Q}qti-modal-feedback")
            if outcomes.get(block.attrib["outcome-identifier"]) == block.attrib["identifier"]
        ]
        return float(outcomes["SCORE"]), "".join(shown)

    def holds(self, expression: Element, given: list[str]) -> bool:
        if expression.tag == f"{Q}qti-or":
            return any(self.holds(part, given) for part in expression)
        assert expression.tag == f"{Q}qti-match"
        _, right = expression
        wanted = self.correct if right.tag == f"{Q}qti-correct" else [value.text for value in right]
        return given == wanted


def test_the_package_names_every_file_with_its_metadata() -> None:
    found = files(EVERY)
    manifest = fromstring(found["imsmanifest.xml"])
    assert manifest.tag == f"{M}manifest"
    resources = manifest.findall(f"{M}resources/{M}resource")
    assert {resource.get("href") for resource in resources} == found.keys() - {"imsmanifest.xml"}
    for resource, item in zip(resources, EVERY, strict=True):
        assert resource.get("type") == "imsqti_item_xmlv3p0"
        keywords = [said(word).strip() for word in resource.iter(f"{L}keyword")]
        assert keywords == list(item.concepts)
        assert resource.findtext(f".//{L}difficulty/{L}value") == "easy"
        assert "-0.70 logits" in said(resource)
        assert fromstring(found[resource.attrib["href"]]).get("identifier") == resource.get("identifier")


def test_a_choice() -> None:
    root = one(CHOICE)
    assert root.get("title") == NASTY
    body = root.find(f"{Q}qti-item-body")
    assert body is not None
    interaction = body.find(f"{Q}qti-choice-interaction")
    assert interaction is not None
    assert interaction.get("max-choices") == "1"
    choices = {choice.attrib["identifier"]: said(choice) for choice in interaction}
    texts = [" ".join(text.split()) for text in choices.values()]
    assert texts[0] == "0 1 2"
    assert texts[2] == NASTY.replace("`p`", "p")
    assert texts[1] == "%50%0 1 2"
    codes = [said(code) for code in body.iter(f"{Q}pre")]
    assert codes[0] == "print('~')\n\nprint('=')"
    assert codes[1] == "for i in range(3):\n\n    print(i, end='# = ~ {}')"
    assert [said(entry) for entry in body.iter(f"{Q}li")] == ["one", "two x = {1: 2}"]
    player = Player(root)
    results = [player.answer(key) for key in choices]
    assert [score for score, _ in results] == [1, 0, 0]
    assert "stops before 3" in results[0][1]
    assert NASTY.split("`")[0].replace("*o*", "o") in " ".join(results[2][1].split())
    assert results[1][1] == ""


def test_neither_place_nor_key_tells_the_right_answer() -> None:
    assert CHOICE.options[0].right
    places = set[int]()
    for number in range(20):
        root = one(CHOICE.model_copy(update={"id": f"choice-{number}"}))
        interaction = root.find(f"{Q}qti-item-body/{Q}qti-choice-interaction")
        assert interaction is not None
        assert interaction.get("shuffle") == "true"
        right = root.findtext(f"{Q}qti-response-declaration/{Q}qti-correct-response/{Q}qti-value")
        places.add([choice.get("identifier") for choice in interaction].index(right))
    assert places == {0, 1, 2}


def test_blocks_in_order() -> None:
    root = one(PARSONS)
    interaction = root.find(f".//{Q}qti-order-interaction")
    assert interaction is not None
    assert interaction.get("shuffle") == "true"
    blocks = {choice.attrib["identifier"]: said(choice).strip("\n") for choice in interaction}
    shown = [text.strip("\n ") for text in blocks.values()]
    assert shown != [block.text for block in PARSONS.blocks]  # what is written does not give the order away
    assert "    for i in y:\n        pass" in "\n".join(blocks.values())
    player = Player(root)
    wanted = ["def f(n) -> int:", "x = 1", "x += 1", "x += 1", "for i in y:\n        pass", "return x"]
    right = [
        list(order)
        for order in permutations(blocks, 6)
        if [" ".join(blocks[key].split()) for key in order] == [" ".join(text.split()) for text in wanted]
    ]
    assert len(right) == 2  # the two equal lines may change places
    assert [player.answer(order)[0] for order in right] == [1, 1]
    assert player.answer(list(reversed(right[0])))[0] == 0
    assert player.answer([*right[0][:-1], next(key for key in blocks if key not in right[0])])[0] == 0


def test_a_line() -> None:
    root = one(PREDICT)
    assert root.find(f".//{Q}qti-text-entry-interaction") is not None
    player = Player(root)
    assert player.answer("a * b = {c}")[0] == 1
    assert player.answer("A * b = {c}")[0] == 0


def test_several_lines() -> None:
    root = one(LINES)
    assert root.find(f".//{Q}qti-extended-text-interaction") is not None
    assert Player(root).answer("1\n  2\n3")[0] == 1


@pytest.mark.parametrize("item", [WRITE, FIX])
def test_programs_are_scored_by_people(item: Item) -> None:
    root = one(item)
    score = next(part for part in root.iter(f"{Q}qti-outcome-declaration") if part.get("identifier") == "SCORE")
    assert score.get("external-scored") == "human"
    assert root.find(f"{Q}qti-response-processing") is None
    rubric = root.find(f".//{Q}qti-rubric-block")
    assert rubric is not None
    assert rubric.get("view") == "scorer"
    assert "f(3) → [1, 2]" in said(rubric)
    assert "raises ValueError" in said(rubric)


def test_secrets_are_for_staff() -> None:
    learner = b"".join(files(EVERY).values()).decode()
    staff = b"".join(files(EVERY, staff=True).values()).decode()
    for secret in (SECRET, "# the reference", "# the trap"):
        assert secret not in learner
        assert secret in staff
    assert REFERENCE.strip() in said(one(WRITE, staff=True))
    assert TRAP.strip() in said(one(WRITE, staff=True))


def test_identifiers_are_such_and_differ() -> None:
    assert identifier("a-b.1") == "item-a-b.1"
    assert identifier("ü") != identifier("ö")
    assert identifier("a b") != identifier("a_b")
    assert one(FIX).attrib["identifier"].isascii()


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    odd = CHOICE.model_copy(update={"prompt": "a\x00b\x1bc\ud800d\r\ne", "title": "\x07"})
    root = one(odd)
    assert "a\ufffdb\ufffdc\ufffdd e" in said(root)


def test_the_same_items_give_the_same_bytes() -> None:
    assert export_items(EVERY, "qti3").content == export_items(EVERY, "qti3").content


@pytest.mark.parametrize(
    ("value", "word"), [(-2, "very easy"), (-1, "easy"), (0, "medium"), (1, "difficult"), (1.5, "very difficult")]
)
def test_difficulty_in_words(value: float, word: str) -> None:
    assert difficulty_word(value) == word


def broken(change: tuple[str, str], file: str = "items/") -> list[str]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files((CHOICE,)).items():
            text = content.decode()
            if name.startswith(file):
                assert change[0] in text
                text = text.replace(*change)
            archive.writestr(name, text)
    return checking.problems(buffer.getvalue())


@pytest.mark.parametrize(
    ("change", "file", "told"),
    [
        (("<qti-value>A1</qti-value>", "<qti-value>A9</qti-value>"), "items/", "is no choice"),
        (('identifier="A2"', 'identifier="A1"'), "items/", "two choices"),
        (('response-identifier="RESPONSE"', 'response-identifier="R"'), "items/", "no declared response"),
        (('outcome-identifier="FEEDBACK"', 'outcome-identifier="F"'), "items/", "no declared outcome"),
        (("</qti-item-body>", ""), "items/", "mismatched"),
        (('href="items/item-choice-1.xml"', 'href="items/none.xml"'), "imsmanifest", "not in the package"),
        (("qtiv3p0/imscp_v1p1", "imscp"), "imsmanifest", "no manifest of QTI 3"),
        (("qti-assessment-item", "assessmentItem"), "items/", "no qti-assessment-item"),
    ],
)
def test_a_package_that_does_not_hold_together_is_found_out(change: tuple[str, str], file: str, told: str) -> None:
    assert checking.problems(export_items((CHOICE,), "qti3").content) == []
    assert any(told in problem for problem in broken(change, file)), broken(change, file)
