"""Whatever stands in a record, a reader makes a row of it and never fails."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.memory.collection import Parsed, ReadingOptions, Rejected, Skipped, reader_of
from gradatim.memory.inputs import checked_event
from tests.memory.collection.material import statement
from tests.memory.collection.test_caliper import ANNA, ATTEMPT, ITEM, envelope
from tests.memory.collection.test_caliper import event as caliper_event

_WORDS = (
    "id", "name", "type", "account", "homePage", "mbox", "openid", "objectType", "definition", "extensions", "score",
    "scaled", "raw", "min", "max", "success", "completion", "duration", "response", "urn:gradatim:event", "payload",
    "https://x.example/concepts", "https://x.example/confidence", "without", "assignee", "assignable", "attempt",
    "scoreGiven", "maxScore", "values", "value", "selections", "scale", "question", "items", "learningObjectives",
    "isPartOf", "startedAtTime", "endedAtTime", "correct", "user", "data", "statements", "events", "at", "kind",
    "learner_id",
)  # fmt: skip
_TEXTS = (
    "",
    " ",
    "x",
    "2026-03-01T10:00:00Z",
    "P1Y",
    "PT5S",
    "Group",
    "mailto:a@b.c",
    "SubStatement",
    "Agent",
    "a\u2028b",
    "Person",
)
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 2**63), st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(_TEXTS), st.text(max_size=3),
)  # fmt: skip
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=4),
    max_leaves=8,
)
_SOUND = {
    "xapi": [statement(), statement(2, verb={"id": "http://adlnet.gov/expapi/verbs/launched"})],
    "caliper": [
        caliper_event("GradeEvent", "Graded", object=ATTEMPT, generated={"scoreGiven": 1, "maxScore": 2}),
        caliper_event("QuestionnaireItemEvent", "Completed", generated={"selections": ["1"]}),
        caliper_event("SessionEvent", "LoggedIn"), envelope(ANNA, ITEM),
    ],
    "gradatim": [{"id": "a", "learner_id": "b", "kind": "review", "at": "2026-03-01", "payload": {}}],
    "quarantine": [
        {"gradatim": "quarantine", "file": "x", "row": 1, "format": "xapi", "raw": orjson.dumps(statement()).decode()},
        {"gradatim": "quarantine", "file": "x", "row": 1, "format": "gradebook", "raw": "a,b,1\n",
         "context": {"header": ["learner", "item", "score"], "delimiter": ",", "file": "a.csv"}},
    ],
}  # fmt: skip


@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("form", list(_SOUND))
@given(data=st.data())
def test_json_of_any_kind(form: str, data: st.DataObject) -> None:
    record: Any = orjson.loads(orjson.dumps(data.draw(st.sampled_from(_SOUND[form]))))
    for _ in range(data.draw(st.integers(1, 3))):
        holder = record
        while isinstance(holder, dict) and holder:
            key = data.draw(st.sampled_from(sorted(holder)) | st.sampled_from(_WORDS))
            if not isinstance(holder.get(key), dict) or data.draw(st.booleans()):
                holder[key] = data.draw(_VALUES)
                break
            holder = holder[key]
    check(form, orjson.dumps(record))


@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("form", list(_SOUND))
@given(raw=st.binary(max_size=20) | _VALUES.map(orjson.dumps))
def test_bytes_of_any_kind(form: str, raw: bytes) -> None:
    check(form, raw)


def check(form: str, raw: bytes, **context: Any) -> None:
    rows = list(reader_of(form, ReadingOptions(pass_mark=0.5)).again(raw, context, 1))
    for row in rows:
        assert isinstance(row, Parsed | Rejected | Skipped)
        if isinstance(row, Parsed):
            checked_event(row.event)  # the log takes it
            orjson.dumps(row.event.plain())


_CELLS = st.text(max_size=4) | st.sampled_from(
    ("", " ", "x", "-", "1", "0.5", "-1", "nan", "1e999", "50%", "3/4", "7,5", "2026-03-01T10:00:00", "1772359200",
     "99999999999999999", "10:00", "-1300", "Europe/Nowhere", "Submit", "Run.Program", "Compile.Error", "../..",
     "\x00", '"', "Points Possible", "{", '{"at": 5}')
)  # fmt: skip
_HEADERS = {
    "progsnap2": ["EventType", "SubjectID", "EventID", "Order", "ServerTimestamp", "ServerTimezone", "ClientTimestamp",
                  "ProblemID", "CodeStateID", "Score", "Attempt", "Correct", "X-Gradatim", "ProgramErrorOutput"],
    "plain": ["learner", "item", "score", "max", "at", "correct", "seconds", "attempt", "items_done", "confidence",
              "concepts"],
    "canvas": ["Student", "ID", "SIS Login ID", "Section", "Quiz (1)", "Quiz (2)", "Sum (3)"],
    "moodle": ["First name", "Email address", "Quiz: A (Real)", "Quiz: A (Percentage)",
               "Last downloaded from this course"],
    "quiz": ["First name", "Email address", "State", "Started on", "Completed", "Time taken", "Grade/10.00",
             "Q. 1 /5.00"],
}  # fmt: skip


@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("shape", list(_HEADERS))
@given(data=st.data())
def test_tables_of_any_kind(shape: str, data: st.DataObject) -> None:
    import csv
    import io

    header = _HEADERS[shape]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    rows = data.draw(st.lists(st.lists(_CELLS, min_size=len(header) - 1, max_size=len(header)), max_size=4))
    writer.writerows(rows)
    form = "progsnap2" if shape == "progsnap2" else "gradebook"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "MainTable.csv"
        path.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
        found = list(reader_of(form, ReadingOptions(at="2026-01-01")).read(path))
        for row in found:
            if isinstance(row, Parsed):
                checked_event(row.event)
            elif isinstance(row, Rejected):
                check(form, row.raw, **row.context)
