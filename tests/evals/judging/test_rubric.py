"""Rubrics: the packaged ones are whole, one's own are read, broken ones are named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gradatim.errors import InputError
from gradatim.evals.judging import Judge, packaged_rubrics, read_rubric
from gradatim.evals.scorers.tutoring.reading import DIMENSIONS, LABELS
from tests.evals.judging.replies import EXCHANGE, constant, model

PACKAGE = Path(__import__("gradatim.evals.judging", fromlist=["x"]).__file__).parent


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_packaged_rubric_is_whole(dimension: str) -> None:
    rubric = packaged_rubrics()[dimension]  # type: ignore[index]
    assert rubric.dimension == dimension
    assert set(rubric.labels) == set(LABELS)
    assert {example.label for example in rubric.examples} == set(LABELS)
    assert not all(example.reply.isascii() for example in rubric.examples)  # both languages


async def test_a_rubric_of_ones_own_is_asked_and_changes_the_judge(tmp_path: Path) -> None:
    content = yaml.safe_load((PACKAGE / "rubrics" / "tutor_tone.yaml").read_text(encoding="utf-8"))
    path = tmp_path / "tone.yaml"
    path.write_text(yaml.safe_dump({**content, "question": "Is it warm?"}, allow_unicode=True), encoding="utf-8")
    chat = model(constant("Yes"))
    judge = Judge(chat, rubrics={"tutor_tone": read_rubric(path)})
    assert judge.digest != Judge(chat).digest
    await judge.judge("tutor_tone", EXCHANGE)
    assert "Is it warm?" in chat.requests[-1].messages[0].text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("dimension: warmth", "dimension"),
        ("dimension: tutor_tone\nname: a\nquestion: b\nlabels: {Yes: x, No: y}", "labels"),
        ('dimension: tutor_tone\nname: a\nquestion: b\nlabels: {"Yes": x, "No": y}', "all three"),
        ("[1, 2]", "the file"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_broken_rubric_is_named(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    with pytest.raises(InputError, match=says) as caught:
        read_rubric(path)
    assert "mine.yaml" in str(caught.value)


def test_a_rubric_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes("question: é".encode("latin-1"))
    with pytest.raises(InputError, match="cannot be read"):
        read_rubric(path)
