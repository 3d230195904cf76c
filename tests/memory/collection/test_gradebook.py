"""Grade books of several systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import InputError
from gradatim.memory.collection import ConceptMap, Item, bank_concepts, read_bank
from tests.memory.collection.material import read


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_a_plain_table(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "learner,item,score,max,at,seconds,items_done,items_total\n"
        "anna,loops-1,7.5,10,2026-03-01T10:00:00Z,90.5,3,4\n"
        "ben,loops-1,4,10,1772359200,,,\n"
        'ben,"loops, 2",,10,2026-03-01T10:00:00Z,,,\n'
        "ben,loops-3,50%,,2026-03-01,,,\n",
    )
    concepts = ConceptMap({"Loops-1": Item(("loops", "ranges")), "loops-3": Item(("loops",), pass_mark=0.6)})
    events, rejected, skipped = read("gradebook", path, concepts=concepts)
    assert not rejected
    assert [row.reason for row in skipped] == ["there is no score"]
    assert events[0].payload == {"seconds": 90.5, "items_done": 3, "items_total": 4, "score": 0.75, "passed": True}
    assert [(seen.concept, seen.correct) for seen in events[0].observations] == [("loops", True), ("ranges", True)]
    assert (events[1].at, events[1].payload["passed"]) == ("2026-03-01T10:00:00Z", False)
    assert (events[2].payload["score"], events[2].payload["passed"]) == (0.5, False)
    assert {event.source for event in events} == {"gradebook"}


def test_a_table_with_verdicts_and_skills_of_its_own(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "user_id;problem_id;correct;skill;timestamp\n7;p1;1;sums;2026-03-01T10:00:00\n7;p1;1;loops;2026-03-01T10:00:00\n"
        "7;p2;no;sums;2026-03-01T10:01:00\n7;p2;maybe;sums;2026-03-01T10:02:00\n",
    )
    events, rejected, _ = read("gradebook", path)
    assert [[(seen.concept, seen.correct) for seen in event.observations] for event in events] == [
        [("sums", True)], [("loops", True)], [("sums", False)]
    ]  # fmt: skip
    assert len({event.id for event in events}) == 3
    assert "'maybe' is neither 1 nor 0" in rejected[0].reason


def test_ids_of_a_table(tmp_path: Path) -> None:
    text = "score,learner,item,at,{}\n1,anna,a,2026-03-01,7\n1,anna,a,2026-03-01,8\n"
    named, _, _ = read("gradebook", write(tmp_path / "a.csv", text.format("event_id")))
    assert [event.id for event in named] == ["7", "8"]
    numbered, _, _ = read("gradebook", write(tmp_path / "b.csv", text.format("id")))
    assert len({event.id for event in numbered} | {"7", "8"}) == 4
    other, _, _ = read("gradebook", write(tmp_path / "c.csv", text.format("id").replace("anna", "ben")))
    assert not {event.id for event in numbered} & {event.id for event in other}


@pytest.mark.parametrize(
    ("score", "best", "reason"),
    [
        ("8", "", "not between 0 and 1"), ("abc", "10", "'abc' is no number"), ("-1", "10", "out of range"),
        ("nan%", "", "no number"), ("5", "0", "out of range"), ("5", "inf", "no number"), ("1e999", "10", "no number"),
    ],
)  # fmt: skip
def test_bad_scores(tmp_path: Path, score: str, best: str, reason: str) -> None:
    path = write(
        tmp_path / "a.csv", f"learner,item,score,max,at\nanna,a,{score},{best},2026-03-01\nanna,b,1,1,2026-03-01\n"
    )
    events, rejected, _ = read("gradebook", path)
    assert [event.task_id for event in events] == ["b"]
    assert reason in rejected[0].reason


def test_decimal_commas_and_bonus_points(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "learner;item;score;max;at\nanna;a;7,5;10;2026-03-01\nanna;b;12;10;2026-03-01\n")
    events, _, _ = read("gradebook", path)
    assert [event.payload["score"] for event in events] == [0.75, 1.0]


CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (101),Homework (102),Homework (103),Final Score
    Points Possible,,,,,10,20,0,(read only)
"Lovelace, Ada",1,u1,ada,A,8,,5,80
"Turing, Alan",2,u2,,A,EX,5,x,25
"Student, Test",3,,testid,A,10,20,1,100
"""


def test_a_canvas_export(tmp_path: Path) -> None:
    path = write(tmp_path / "2026-03-01T1015_Grades-PROG1.csv", CANVAS)
    events, rejected, skipped = read("gradebook", path)
    assert [(event.learner_id, event.task_id, event.at) for event in events] == [
        ("ada", "Quiz 1", "2026-03-01T10:15:00Z"), ("ada", "Homework (103)", "2026-03-01T10:15:00Z"),
        ("u2", "Homework (102)", "2026-03-01T10:15:00Z"),
    ]  # fmt: skip
    assert events[0].payload == {"score": 0.8, "instant": "export", "passed": True}
    assert events[1].payload == {"points": 5.0, "instant": "export"}  # nothing to reach: no share
    assert events[2].payload["score"] == 0.25
    assert [row.reason for row in rejected] == ["its score 'x' is no number"]
    assert rejected[0].context["only"] == "Homework (103)"
    assert sorted(row.reason for row in skipped) == [
        "it holds the points possible", "it is the test student", "there is no score", "there is no score"
    ]  # fmt: skip


def test_an_export_that_does_not_say_when(tmp_path: Path) -> None:
    path = write(tmp_path / "grades.csv", CANVAS)
    with pytest.raises(InputError, match="--at"):
        read("gradebook", path)
    events, _, _ = read("gradebook", path, at="2026-04-01T00:00:00Z")
    assert {event.at for event in events} == {"2026-04-01T00:00:00Z"}


def test_the_same_outcome_in_a_later_export_has_the_same_id(tmp_path: Path) -> None:
    one, _, _ = read("gradebook", write(tmp_path / "2026-03-01T1015_Grades-A.csv", CANVAS))
    two, _, _ = read("gradebook", write(tmp_path / "2026-03-08T1015_Grades-A.csv", CANVAS.replace("A,8,,", "A,9,,")))
    same = {event.id for event in one} & {event.id for event in two}
    assert {event.id for event in one} - same == {one[0].id}


def test_a_moodle_grader_report(tmp_path: Path) -> None:
    path = write(
        tmp_path / "grades.csv",
        "First name,Last name,ID number,Email address,Quiz: Loops (Real),Quiz: Loops (Percentage),"
        "Assignment: Sum (Real),Course total (Real),Last downloaded from this course\n"
        "Ada,Lovelace,1,ada@example.org,8.00,80.00 %,-,8.00,1772359200\n"
        "Alan,Turing,2,,3.00,30.00,7.50,10.50,1772359200\n",
    )
    concepts = ConceptMap({"loops": Item(("loops",)), "sum": Item(("sums",), points=10.0)})
    events, rejected, skipped = read("gradebook", path, concepts=concepts)
    assert not rejected
    assert [(event.learner_id, event.task_id, event.payload["score"]) for event in events] == [
        ("ada@example.org", "Quiz: Loops", 0.8), ("2", "Quiz: Loops", 0.3), ("2", "Assignment: Sum", 0.75)
    ]  # fmt: skip
    assert {event.at for event in events} == {"2026-03-01T10:00:00Z"}
    assert [event.observations[0].concept for event in events] == ["loops", "loops", "sums"]
    assert len(skipped) == 1


QUIZ = """\
Last name,First name,Email address,State,Started on,Completed,Time taken,Grade/10.00,Q. 1 /5.00,Q. 2 /5.00
Lovelace,Ada,ada@example.org,Finished,1 March 2026  10:00 AM,1 March 2026  10:12 AM,12 mins 30 secs,7.50,5.00,2.50
Turing,Alan,alan@example.org,In progress,1 March 2026  10:00 AM,-,-,-,5.00,-
Overall average,,,,,,,7.50,5.00,2.50
"""


def test_a_moodle_quiz_with_its_question_bank(tmp_path: Path) -> None:
    bank = write(
        tmp_path / "bank.gift",
        "$CATEGORY: $course$/top/Loops\n\n::Off by one:: x {T}\n\n$CATEGORY: Sums\n\n::Add:: y {=2}\n",
    )
    events, rejected, skipped = read(
        "gradebook", write(tmp_path / "week 3.csv", QUIZ), concepts=bank_concepts(read_bank(bank))
    )
    assert not rejected
    assert [(event.learner_id[:4], event.task_id) for event in events] == [
        ("ada@", "week 3"), ("ada@", "week 3/Q1"), ("ada@", "week 3/Q2"), ("alan", "week 3/Q1")
    ]  # fmt: skip
    whole, first, second, _ = events
    assert whole.payload == {"items_done": 2, "items_total": 2, "seconds": 750.0, "score": 0.75, "passed": True}
    assert whole.observations == ()
    assert whole.at == "2026-03-01T10:12:00"
    assert [(seen.concept, seen.correct) for seen in first.observations + second.observations] == [
        ("Loops", True), ("Sums", True)
    ]  # fmt: skip
    assert [row.reason for row in skipped] == ["there is no score", "there is no score", "it names no learner"]


def test_an_unfinished_attempt_says_so(tmp_path: Path) -> None:
    events, _, _ = read("gradebook", write(tmp_path / "q.csv", QUIZ.replace("-,-,-,5.00,-", "-,-,5.00,5.00,-")))
    whole: dict[str, Any] = next(event.payload for event in events if event.learner_id[:4] == "alan")
    assert (whole["items_done"], whole["items_total"], whole["complete"]) == (1, 2, False)
    assert whole["score"] == 0.5


def test_a_table_that_is_no_grade_book(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no grade book"):
        read("gradebook", write(tmp_path / "a.csv", "name,colour\nanna,red\n"))
