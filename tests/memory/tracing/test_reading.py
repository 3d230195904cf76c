"""Both formats are read alike, and whatever is wrong with a file is told with file and line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gradatim.errors import InputError
from gradatim.memory.tracing.data import Sequences, read_sequences
from tests.memory.tracing.material import comma_separated, simulated, three_lines


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "responses.csv"


def rows(data: Sequences) -> list[tuple[str, str, bool]]:
    return [
        (data.learners[who], data.skills[skill], right)
        for who, skill, right in zip(data.learner.tolist(), data.skill.tolist(), data.correct.tolist(), strict=True)
    ]


def test_both_formats_hold_the_same(file: Path) -> None:
    data = simulated(5, 4)
    file.write_text(three_lines(data))
    lines = read_sequences(file).data
    file.write_text(comma_separated(data))
    table = read_sequences(file).data
    assert rows(table) == rows(data)
    assert [row[1:] for row in rows(lines)] == [row[1:] for row in rows(data)]
    assert lines.learners == ("1", "2", "3", "4", "5")
    assert (lines.starts == data.starts).all()


def test_three_lines_with_trailing_commas_blank_lines_and_nobody(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf2,\r\n4, 5,\r\n0,1,\r\n\r\n0\r\n\r\n\r\n1\r\n4\r\n1\r\n\r\n")
    data = read_sequences(file).data
    assert rows(data) == [("1", "4", False), ("1", "5", True), ("3", "4", True)]


def test_columns_are_found_by_name_and_rows_ordered_by_time(file: Path) -> None:
    file.write_text(
        "Problem Id,Correct First Attempt,Anon Student Id,Time,KC (Default)\n"
        "p1,1,ann,2026-01-31T12:00:00Z,loops\n"
        "p2,incorrect,ben,2026-01-31T11:00:00Z,loops\n"
        "p3,TRUE,ann,2026-01-31T13:00:00+02:00,lists\n"
    )
    data = read_sequences(file).data
    assert rows(data) == [("ann", "lists", True), ("ann", "loops", True), ("ben", "loops", False)]
    assert data.item is not None
    assert [data.items[code] for code in data.item] == ["p3", "p1", "p2"]
    assert data.seconds is not None
    assert data.seconds[1] - data.seconds[0] == 3600.0


def test_tabs_and_no_times_keep_the_order_of_the_file(file: Path) -> None:
    file.write_text("user\tskill\tcorrect\nb\tx\t1\na\tx\t0\nb\ty\t0.0\n")
    assert rows(read_sequences(file).data) == [("b", "x", True), ("b", "y", False), ("a", "x", False)]


def test_several_skills_in_a_cell_are_one_answer(file: Path) -> None:
    file.write_text("learner,skill,correct\na,x;y ~~ z,1\na,x,0\nb,x|x,1\n")
    data = read_sequences(file).data
    assert rows(data) == [("a", "x", True), ("a", "y", True), ("a", "z", True), ("a", "x", False), ("b", "x", True)]
    assert data.answer is not None
    assert (data.answer[1:] == data.answer[:-1]).tolist() == [True, True, False, False]


def test_one_item_at_one_instant_is_one_answer_and_a_second_try_is_not(file: Path) -> None:
    file.write_text(
        "learner,skill,correct,item,time\na,x,1,p,5\na,y,1,p,5\na,y,0,p,9\na,x,0,p,12\na,x,1,q,20\na,x,1,q,20\n"
    )
    data = read_sequences(file).data
    assert data.answer is not None
    assert (data.answer[1:] == data.answer[:-1]).tolist() == [True, False, False, False, False]


def test_which_rows_are_one_answer_never_depends_on_the_outcome(file: Path) -> None:
    text = "learner,skill,correct,item\na,x,1,p\na,y,{},p\na,y,1,q\n"
    answers: list[list[int]] = []
    for outcome in (0, 1):
        file.write_text(text.format(outcome))
        answer = read_sequences(file).data.answer
        assert answer is not None
        answers.append(answer.tolist())
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        (b"", "", "holds no responses"),
        (b" \n\n", "", "holds no responses"),
        (b"learner,skill,correct\n", "", "holds no responses"),
        (b"a,b\n1,2\n", ":1", "names no learner and no skill and no correct"),
        (b"learner,skill,correct\na,x\n", ":2", "2 cells where the header names 3"),
        (b"learner,skill,correct\na,x,1\na,x,2\n", ":3", "'2' is no outcome"),
        (b"learner,skill,correct\na,x,nan\n", ":2", "'nan' is no outcome"),
        (b"learner,skill,correct\n,x,1\n", ":2", "names no learner"),
        (b"learner,skill,correct\na,,1\na,,1\n", ":2", "names no skill, and 1 more rows cannot be used"),
        (b"learner,skill,correct\na,x;;y,1\n", ":2", "names no skill"),
        (b"learner,skill,correct,time\na,x,1,inf\n", ":2", "'inf' is no time"),
        (b"learner,skill,correct,time\na,x,1,noon\n", ":2", "'noon' is no time"),
        (b"learner,skill,correct\na,\xff,1\n", ":2", "is not UTF-8 text (byte 0xff)"),
        (b"learner,skill,correct\na," + b"x" * 10_000_000 + b",1\n", ":2", "is not CSV: field larger"),
        (b"2\n1,2\n0,1\n1\n", ":4", "the file ends before the responses of a learner with 1"),
        (b"2\n1,2\n", ":2", "the file ends before"),
        (b"2\n1,2,3\n0,1\n", ":2", "3 values where 2 are announced"),
        (b"2\n1,2\n0\n", ":3", "1 values where 2 are announced"),
        (b"2\n1,2\n0,x\n", ":3", "outcome 2 is 'x', neither 0 nor 1"),
        (b"3\n1,,2\n0,1,1\n", ":2", "2 values where 3 are announced"),
        (b"1\n5\n1\nfive\n5\n1\n", ":4", "'five' is not a number of responses"),
        (b"1\n5\n1\n" + b"9" * 5000 + b"\n5\n1\n", ":4", "is not a number of responses"),
        (b"0\n\n\n", "", "holds no responses"),
    ],
)
def test_what_is_wrong_is_told(file: Path, content: bytes, place: str, said: str) -> None:
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_sequences(file)
    assert caught.value.place == f"{file}{place}"
    assert said in caught.value.message
    assert caught.value.remedy
    assert len(str(caught.value)) < 1000


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_sequences(path)


def test_bad_rows_can_be_left_out_and_are_counted(file: Path) -> None:
    file.write_text("learner,skill,correct\na,x,1\na,x,maybe\na,,1\na,,0\nb\nb,y,0\n")
    read = read_sequences(file, skip_bad=True)
    assert rows(read.data) == [("a", "x", True), ("b", "y", False)]
    assert read.left_out is not None
    assert "4 bad rows left out (no outcome: 1, no skill: 2, cells missing: 1)" in read.left_out


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        Sequences(("a",), ("x",), np.zeros(2, np.int32), np.zeros(1, np.int32), np.zeros(2, np.bool_))


def test_a_part_keeps_names_and_order() -> None:
    data = simulated(4, 3, items=True, times=True)
    part = data.rows(data.learner != 1)
    assert part.learners == data.learners
    assert len(part.starts) == 4
    assert part.first.sum() == 3
    assert rows(part) == [row for row in rows(data) if row[0] != "learner 1"]
