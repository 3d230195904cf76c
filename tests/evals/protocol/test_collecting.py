"""Ratings as they come in: what counts, what does not, what is missing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.evals.protocol import collect
from gradatim.evals.protocol.collecting import Problem
from tests.evals.protocol.conftest import Rated

Change = Callable[[dict[str, str]], dict[str, str]]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]], delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def _changed(rated: Rated, rater: str, change: Change, at: int = 10) -> dict[str, str]:
    path = rated.folder / "ratings" / f"{rater}.csv"
    rows = _rows(path)
    rows[at] = change(rows[at])
    _write(path, rows)
    return rows[at]


def _only(rated: Rated) -> Problem:
    (problem,) = collect(rated.study, rated.folder).problems
    assert problem.remedy
    return problem


def test_all_ratings_count(small: Rated) -> None:
    found = collect(small.study, small.folder)
    assert found.files == 3
    assert not found.problems
    assert len(found.scores) == 35 * 3 * 5
    assert not found.missing("A", "main")
    rows = _rows(small.folder / "ratings" / "A.csv")
    assert found.scores["A", rows[7]["submission"], "correctness"] == float(rows[7]["correctness"])
    assert found.seconds["A", rows[7]["submission"]] == float(rows[7]["seconds"])


def test_a_spreadsheet_may_save_with_other_delimiters(small: Rated) -> None:
    path = small.folder / "ratings" / "B.csv"
    before = collect(small.study, small.folder).scores
    _write(path, _rows(path), ";")
    assert collect(small.study, small.folder).scores == before


def test_what_is_open_and_what_cannot_be_judged_are_told_apart(small: Rated) -> None:
    row = _changed(small, "A", lambda row: {**row, "correctness": "", "code_quality": "NA"})
    found = collect(small.study, small.folder)
    assert found.missing("A", "main") == [(row["submission"], ["correctness"])]
    assert found.declined == {("A", row["submission"], "code_quality")}
    assert set(found.ratings(row["submission"], "correctness")) == {"B", "C"}
    assert not found.problems


def test_a_level_outside_the_scale_is_left_out_and_told(small: Rated) -> None:
    row = _changed(small, "B", lambda row: {**row, "correctness": "7"})
    problem = _only(small)
    assert (problem.kind, problem.rater, problem.work) == ("cell", "B", row["submission"])
    assert problem.place.endswith("B.csv:12")
    assert ("B", row["submission"], "correctness") not in collect(small.study, small.folder).scores


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        (lambda row: {**row, "rater": "AA"}, "rater", "no rater 'AA'"),
        (lambda row: {**row, "submission": "W0"}, "work", "no work 'W0'"),
    ],
)
def test_ratings_that_nobody_asked_for(small: Rated, change: Change, kind: str, told: str) -> None:
    _changed(small, "A", change)
    problem = _only(small)
    assert problem.kind == kind
    assert told in problem.message
    assert problem.left_out == 5
    assert len(collect(small.study, small.folder).scores) == 35 * 3 * 5 - 5


def test_two_ratings_that_differ_do_not_count_and_the_same_twice_counts_once(small: Rated) -> None:
    rows = _rows(small.folder / "ratings" / "C.csv")
    _write(small.folder / "ratings" / "C (1).csv", rows)
    assert not collect(small.study, small.folder).problems
    code, level = rows[9]["submission"], rows[9]["correctness"]
    rows[9]["correctness"] = "1" if level != "1" else "2"
    rows[12]["correctness"] = ""
    _write(small.folder / "ratings" / "C (1).csv", rows)
    problem = _only(small)
    assert problem.kind == "double"
    found = collect(small.study, small.folder)
    assert ("C", code, "correctness") not in found.scores
    assert ("C", rows[12]["submission"], "correctness") in found.scores


def test_raters_files_may_be_in_different_encodings(small: Rated) -> None:
    before = collect(small.study, small.folder).scores
    for rater, encoding in (("A", "cp1252"), ("B", "utf-8")):
        path = small.folder / "ratings" / f"{rater}.csv"
        path.write_bytes(path.read_text("utf-8-sig").replace("made by a rehearsal", "für Zoë").encode(encoding))
    assert [problem.kind for problem in collect(small.study, small.folder).problems] == ["file"]
    found = collect(small.study, small.folder, encoding="cp1252")
    assert not found.problems
    assert found.scores == before


def test_a_workbook_is_told_and_not_passed_over(small: Rated) -> None:
    (small.folder / "ratings" / "B.xlsx").write_bytes(b"PK")
    problem = _only(small)
    assert problem.place.endswith("B.xlsx")
    assert "CSV" in problem.remedy


def test_a_file_that_cannot_be_read_stops_no_other(small: Rated) -> None:
    (small.folder / "ratings" / "A.csv").write_bytes("submission;rater;correctness\nZoë;A;5\n".encode("cp1252"))
    found = collect(small.study, small.folder)
    (problem,) = found.problems
    assert problem.kind == "file"
    assert "not UTF-8" in problem.message
    assert {key[0] for key in found.scores} == {"B", "C"}


def test_composites_are_of_the_dimensions_that_all_gave(small: Rated) -> None:
    row = _changed(small, "A", lambda row: {**row, "explanation_clarity": "NA"})
    found = collect(small.study, small.folder)
    shared = [name for name in small.study.dimensions if name != "explanation_clarity"]
    code = row["submission"]
    expected = {rater: sum(found.scores[rater, code, name] for name in shared) / 4 for rater in small.study.raters}
    assert found.composites(code) == pytest.approx(expected)
    _changed(small, "B", lambda row: {**row, **dict.fromkeys(shared[:2], "NA")}, at=_place(small, "B", code))
    assert collect(small.study, small.folder).composites(code) == {}


def test_raters_are_left_out_by_hand_alone(small: Rated) -> None:
    found = collect(small.study, small.folder, exclude=["B"])
    assert found.raters == ("A", "C")
    assert found.excluded == ("B",)
    assert not any(key[0] == "B" for key in found.scores)
    with pytest.raises(InputError, match="no rater 'D'"):
        collect(small.study, small.folder, exclude=["D"])


def test_no_ratings_yet(small: Rated) -> None:
    for path in (small.folder / "ratings").iterdir():
        path.unlink()
    with pytest.raises(InputError, match="no ratings yet"):
        collect(small.study, small.folder)


def _place(rated: Rated, rater: str, code: str) -> int:
    return rated.study.raters[rater].index(code)
