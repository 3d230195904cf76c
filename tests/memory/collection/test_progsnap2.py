"""ProgSnap2 folders: what their rows say, with their programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.memory.collection import ConceptMap, Item
from tests.memory.collection.material import read

MAIN = """\
EventType,EventID,Order,SubjectID,ToolInstances,CodeStateID,ServerTimestamp,ServerTimezone,ProblemID,Score,\
CompileMessageType,InterventionType,EventInitiator
Session.Start,1,1,s1,Python 3.11,,2026-03-01T10:00:00,+0100,,,,,
File.Edit,2,2,s1,Python 3.11,c0,2026-03-01T10:01:00,+0100,sum,,,,UserDirectAction
Compile.Error,3,3,s1,Python 3.11,c1,2026-03-01T10:02:00,+0100,sum,,SyntaxError,,
Run.Program,4,4,s1,Python 3.11,c1,2026-03-01T10:02:00,+0100,sum,0.5,,,
Submit,5,5,s1,Python 3.11,c2,2026-03-01T10:03:00,+0100,sum,1.0,,,
Submit,6,6,s2,Python 3.11,c9,2026-03-01T10:03:00,UTC,sum,,,,
Intervention,7,7,s2,Python 3.11,,2026-03-01T10:04:00,,sum,,,NextStepHint,
X-Survey,8,8,s2,Python 3.11,,2026-03-01T10:05:00,,,,,,
Submit,9,9,s2,Python 3.11,c2,2026-03-01T10:06:00,,sum,1.0,,,InstructorDirectAction
"""
CODES = 'CodeStateID,Code\nc0,\nc1,"def sum(n):\n    return ""n"""\nc2,"def sum(n):\n    return n, 1"\n'


def data_set(folder: Path, main: str = MAIN) -> Path:
    (folder / "CodeStates").mkdir(parents=True)
    (folder / "MainTable.csv").write_text(main, "utf-8")
    (folder / "CodeStates" / "CodeStates.csv").write_text(CODES, "utf-8")
    (folder / "DatasetMetadata.csv").write_text("Property,Value\nVersion,6\nCodeStateRepresentation,Table\n", "utf-8")
    return folder


def test_what_the_rows_tell(tmp_path: Path) -> None:
    concepts = ConceptMap({"sum": Item(("loops", "functions"))})
    events, rejected, skipped = read("progsnap2", data_set(tmp_path / "set"), concepts=concepts)
    assert not rejected
    assert [row.reason for row in skipped] == ["an instructor did it"]
    assert [(event.kind, event.payload.get("action")) for event in events] == [
        ("interaction", "login"), ("interaction", "edit"), ("interaction", "compile-error"), ("submission", None),
        ("submission", None), ("submission", None), ("interaction", "hint"), ("interaction", "survey"),
    ]  # fmt: skip
    assert events[0].at == "2026-03-01T10:00:00+01:00"
    assert events[5].at == "2026-03-01T10:03:00Z"
    assert events[2].payload["error_category"] == "SyntaxError"
    half, full, unscored = events[3:6]
    assert half.payload == {"score": 0.5, "passed": False, "code": 'def sum(n):\n    return "n"'}
    assert [(seen.concept, seen.correct) for seen in half.observations] == [("loops", False), ("functions", False)]
    assert full.payload["code"] == "def sum(n):\n    return n, 1"
    assert {seen.correct for seen in full.observations} == {True}
    # A missing score stays missing; a program that is not there is named.
    assert unscored.payload == {"code_state": "c9"}
    assert unscored.observations == ()


def test_events_of_one_instant_keep_the_order_of_the_data_set(tmp_path: Path) -> None:
    rows = [f"File.Edit,s1,{place},2026-03-01T10:02:00,p{place % 3}\n" for place in range(8, 30)]
    main = "EventType,SubjectID,Order,ServerTimestamp,ProblemID\n" + "".join(rows)
    events, _, _ = read("progsnap2", data_set(tmp_path / "set", main))
    assert sorted(events, key=lambda event: event.id) == events
    assert len({event.id for event in events}) == 22


def test_the_ids_are_the_same_each_time_and_differ_between_data_sets(tmp_path: Path) -> None:
    one, _, _ = read("progsnap2", data_set(tmp_path / "a"))
    two, _, _ = read("progsnap2", data_set(tmp_path / "b"))
    other, _, _ = read("progsnap2", data_set(tmp_path / "c"), source="another course")
    assert one == two
    assert not {event.id for event in one} & {event.id for event in other}


def test_scores_above_one_make_all_scores_points(tmp_path: Path) -> None:
    main = "EventType,SubjectID,ServerTimestamp,ProblemID,Score\n" + "".join(
        f"Submit,s1,2026-03-01T10:0{minute}:00,p{minute},{score}\n" for minute, score in enumerate((1, 8, 10))
    )
    folder = data_set(tmp_path / "set", main)
    events, _, _ = read("progsnap2", folder)
    assert [event.payload for event in events] == [{"points": 1.0}, {"points": 8.0}, {"points": 10.0}]
    concepts = ConceptMap({f"p{number}": Item(("loops",), points=10) for number in range(3)})
    events, _, _ = read("progsnap2", folder, concepts=concepts, pass_mark=0.8)
    assert [(event.payload["score"], event.payload["passed"]) for event in events] == [
        (0.1, False), (0.8, True), (1.0, True)
    ]  # fmt: skip


def test_programs_in_folders(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    for place, text in (("1/sum.py", "one"), ("2/sum.py", "two"), ("2/test.py", "test"), ("s1/3/sum.py", "three")):
        path = folder / "CodeStates" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "secret").write_text("secret")
    (folder / "MainTable.csv").write_text(
        "EventType,SubjectID,ServerTimestamp,CodeStateID,CodeStateSection\n"
        "Submit,s1,2026-03-01T10:00:00,1,\nSubmit,s1,2026-03-01T10:01:00,2,\nSubmit,s1,2026-03-01T10:02:00,2,sum.py\n"
        "Submit,s1,2026-03-01T10:03:00,3,\nSubmit,s1,2026-03-01T10:04:00,../../secret,\nSubmit,s1,2026-03-01T10:05:00,.,\n"
    )
    events, _, _ = read("progsnap2", folder / "MainTable.csv")
    assert [event.payload.get("code") for event in events] == ["one", None, "two", "three", None, None]
    assert events[1].payload["code_state"] == "2"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Submit,s1,yesterday,p,1", "ServerTimestamp 'yesterday'"),
        ("Submit,,2026-03-01T10:00:00,p,1", "learner id"),
        (",s1,2026-03-01T10:00:00,p,1", "EventType"),
        ("Submit,s1,2026-03-01T10:00:00,p,much", "'much' is no number"),
        ("Submit,s1,2026-03-01T10:00:00,p,-1", "out of range"),
        ("Submit,s1,2026-03-01T10:00:00,p,nan", "no number"),
        ("Submit,s1,,p,1", "no timestamp"),
        ("Submit,s1", "2 fields"),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason(tmp_path: Path, row: str, reason: str) -> None:
    main = f"EventType,SubjectID,ServerTimestamp,ProblemID,Score\n{row}\nSubmit,s1,2026-03-01T10:00:00,p,1\n"
    events, rejected, _ = read("progsnap2", data_set(tmp_path / "set", main))
    assert len(events) == 1
    assert len(rejected) == 1
    assert reason in rejected[0].reason
    assert (rejected[0].place, rejected[0].raw) == (2, f"{row}\n".encode())


def test_a_folder_that_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"MainTable\.csv"):
        read("progsnap2", tmp_path)
    with pytest.raises(InputError, match="lacks the column SubjectID"):
        read("progsnap2", data_set(tmp_path / "a", "EventType,Score\nSubmit,1\n"))
    with pytest.raises(InputError, match="no column with timestamps"):
        read("progsnap2", data_set(tmp_path / "b", "EventType,SubjectID\nSubmit,1\n"))
    events, _, _ = read("progsnap2", tmp_path / "b", at="2026-03-01T00:00:00Z")
    assert [event.at for event in events] == ["2026-03-01T00:00:00Z"]
