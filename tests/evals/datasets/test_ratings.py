"""Ratings of experts: three layouts, what is missing, what is wrong, and the works they are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.evals.datasets import load
from gradatim.evals.datasets.ratings import BadRating, Reading, read_entries, read_ratings

LONG = """submission,rater,dimension,score
first/a.py,A,Correctness,5
first/a.py,B,Correctness,4
first/a.py,A,Code quality,3
first/a.py,B,Code quality,NA
"""
BY_DIMENSION = """submission;rater;correctness;code_quality;comment
first/a.py;A;5;3;=1+1
first/a.py;B;4;;
"""
BY_RATER = """submission\tdimension\tA\tB
first/a.py\tcorrectness\t5\t4
first/a.py\tCode Quality\t3\t-
"""


@pytest.mark.parametrize("text", [LONG, BY_DIMENSION, BY_RATER])
def test_three_layouts_say_the_same(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.csv").write_text(text)
    found = {(item.item, item.rater, item.dimension): item.score for item in read_ratings(tmp_path / "r.csv")}
    assert found == {
        ("first/a.py", "A", "correctness"): 5.0,
        ("first/a.py", "B", "correctness"): 4.0,
        ("first/a.py", "A", "code_quality"): 3.0,
        ("first/a.py", "B", "code_quality"): None,
    }


def test_ratings_join_the_works_that_they_are_about(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(LONG)
    (example,) = load("ratings", tmp_path / "r.csv", data="folder", data_path=folder)
    assert example.reference["scores"] == {"correctness": {"A": 5.0, "B": 4.0}, "code_quality": {"A": 3.0}}
    assert example.reference["scale"] == [1, 5]
    assert example.reference["verdict"] == "correct"
    (alone,) = load("ratings", tmp_path / "r.csv")
    assert alone.id == "first/a.py"
    assert not alone.inputs


def test_a_decimal_comma_where_commas_do_not_part_cells(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("submission;rater;correctness\nw;A;3,5\n")
    assert [item.score for item in read_ratings(tmp_path / "r.csv")] == [3.5]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("w,A,correctness,6", "'6' is outside the scale of 1 to 5"),
        ("w,A,correctness,0", "outside the scale"),
        ("w,A,correctness,good", "'good' is not a score"),
        ("w,A,correctness,inf", "not a score"),
        ("w,A,correctness,1_0", "not a score"),
        (",A,correctness,3", "names no submission"),
        ("w,,correctness,3", "names no rater"),
        ("w,A,,3", "names no dimension"),
        ("first/a.py,A,correctness,5", "a second time"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, told: str) -> None:
    (tmp_path / "r.csv").write_text(LONG + row + "\n")
    with pytest.raises(InputError) as caught:
        list(read_ratings(tmp_path / "r.csv"))
    assert caught.value.place == f"{tmp_path / 'r.csv'}:6"
    assert told in caught.value.message
    assert caught.value.remedy


def test_a_wrong_row_costs_nothing_else_where_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(LONG.replace(",4\n", ",9\n"))
    found = list(read_entries(tmp_path / "r.csv"))
    assert [type(item) is BadRating for item in found] == [False, True, False, False]
    assert len(list(read_entries(tmp_path / "r.csv", Reading(1, 10)))) == 4


def test_headers_that_say_too_little(tmp_path: Path) -> None:
    for text, told in (
        ("work_id,mark\nw,3\n", "no column for the submission"),
        ("submission,mark\nw,3\n", "neither raters nor dimensions"),
        ("submission,rater,comment\nw,A,fine\n", "no column for a dimension"),
    ):
        (tmp_path / "r.csv").write_text(text)
        with pytest.raises(InputError, match=told):
            list(read_ratings(tmp_path / "r.csv"))
    (tmp_path / "r.csv").write_text("submission,rater,dimension,score\n")
    with pytest.raises(InputError, match="holds no ratings"):
        list(read_ratings(tmp_path / "r.csv"))


def test_ratings_of_works_that_are_not_there(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("submission,rater,dimension,score\nfirst/z.py,A,correctness,3\n")
    with pytest.raises(InputError, match=r"rates 'first/z\.py', which the data set does not hold"):
        list(load("ratings", tmp_path / "r.csv", data="folder", data_path=folder))


def test_the_made_example_joins_the_programs_it_is_about() -> None:
    found = list(load("ratings", Path(__file__).parents[3] / "examples/ratings/made-ratings.csv", data="examples"))
    assert len(found) == 40
    for example in found:
        scores = example.reference["scores"]
        assert set(scores["correctness"]) == {"M1", "M2", "M3"}
        code = example.inputs["submission"]["code"]
        # Who wrote no words has no explanation to be judged.
        assert ("explanation_clarity" in scores) == ("#" in code or '"""' in code)
