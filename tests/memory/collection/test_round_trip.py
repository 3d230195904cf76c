"""Events written in a format of others and read again are the same events."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.memory.collection import write_progsnap2, write_xapi
from gradatim.memory.collection.plain import same
from gradatim.memory.collection.xapi import statement_of
from tests.memory.collection.material import events, lines, read, statement


@settings(max_examples=40, deadline=None)
@given(st.lists(events(), max_size=4))
def test_xapi_keeps_everything(given_events: list[LearnerEvent]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statements.jsonl"
        with path.open("wb") as file:
            assert write_xapi(given_events, file) == len(given_events)
        found, rejected, skipped = read("xapi", path)
    assert not rejected
    assert not skipped
    assert_alike(found, given_events)


@settings(max_examples=50, deadline=None)
@given(st.lists(events(), max_size=4))
def test_progsnap2_keeps_everything(given_events: list[LearnerEvent]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "set"
        assert write_progsnap2(given_events, folder) == len(given_events)
        found, rejected, skipped = read("progsnap2", folder)
    assert not rejected
    assert not skipped
    assert_alike(found, given_events)


def assert_alike(found: list[LearnerEvent], meant: list[LearnerEvent]) -> None:
    assert found == meant
    # `==` takes 1, 1.0 and True for one another
    assert all(same(one.plain(), other.plain()) for one, other in zip(found, meant, strict=True))


def test_a_foreign_statement_comes_back_the_same(tmp_path: Path) -> None:
    foreign = [
        statement(1),
        statement(2, verb={"id": "http://adlnet.gov/expapi/verbs/launched"}, result=None),
        statement(3, result={"score": {"raw": 7, "max": 10}, "completion": False}),
        statement(4, actor={"mbox": "mailto:ben@example.org"}, object={"id": "https://lms.example/page#2"}),
    ]
    (tmp_path / "a.jsonl").write_bytes(lines(*map(orjson.dumps, foreign)))
    once, _, _ = read("xapi", tmp_path / "a.jsonl")
    with (tmp_path / "b.jsonl").open("wb") as file:
        write_xapi(once, file)
    again, rejected, _ = read("xapi", tmp_path / "b.jsonl")
    assert len(once) == 4
    assert not rejected
    assert again == once


def test_a_foreign_data_set_comes_back_the_same(tmp_path: Path) -> None:
    from tests.memory.collection.test_progsnap2 import data_set

    once, _, _ = read("progsnap2", data_set(tmp_path / "a"))
    write_progsnap2(once, tmp_path / "b")
    again, rejected, _ = read("progsnap2", tmp_path / "b")
    assert len(once) >= 5
    assert not rejected
    assert again == once


def test_what_a_statement_can_say_stands_in_its_own_words() -> None:
    event = LearnerEvent(
        id="00000000-0000-4000-8000-000000000001", learner_id="anna", kind="assessment", at="2026-03-01T10:00:00Z",
        task_id="https://x.example/q", source="lms", payload={"passed": False, "score": 0.25, "seconds": 90.5},
    )  # fmt: skip
    made = statement_of(event)
    assert made["actor"]["account"]["name"] == "anna"
    assert made["object"]["id"] == "https://x.example/q"
    assert made["result"] == {"success": False, "score": {"scaled": 0.25}, "duration": "PT90.5S"}
    assert made["context"] == {"platform": "lms"}


def test_a_number_that_json_cannot_carry_is_refused_by_name(tmp_path: Path) -> None:
    event = LearnerEvent(
        id="big", learner_id="anna", kind="review", at="2026-03-01T10:00:00Z", payload={"number": 2**70}
    )
    with pytest.raises(InputError, match="big"):
        write_xapi([event], io.BytesIO())
    with pytest.raises(InputError, match="big"):
        write_progsnap2([event], tmp_path / "set")


def test_a_data_set_is_not_written_over_another(tmp_path: Path) -> None:
    write_progsnap2([], tmp_path / "set")
    with pytest.raises(InputError, match="there already"):
        write_progsnap2([], tmp_path / "set")
