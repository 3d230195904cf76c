"""Records and events that the tests of collection are made of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from gradatim.domain import LearnerEvent, Observation
from gradatim.memory.collection import Parsed, Reader, ReadingOptions, Rejected, Skipped, reader_of

KINDS = ("submission", "assessment", "review", "self_assessment", "correction", "interaction", "survey", "consent")
ACTIONS = ("open", "login", "logout", "hint", "edit", "run", "message", "complete", "attempt", "x y", "été", "compile")


def rows(reader: Reader, path: Path) -> tuple[list[LearnerEvent], list[Rejected], list[Skipped]]:
    """What a reader makes of a file, by kind."""
    found = list(reader.read(path))
    events = [row.event for row in found if isinstance(row, Parsed)]
    return (
        events,
        [row for row in found if isinstance(row, Rejected)],
        [row for row in found if isinstance(row, Skipped)],
    )


def read(form: str, path: Path, **options: Any) -> tuple[list[LearnerEvent], list[Rejected], list[Skipped]]:
    """What the reader of a format makes of a file."""
    return rows(reader_of(form, ReadingOptions(**options)), path)


def statement(number: int = 1, **other: Any) -> dict[str, Any]:
    """An answered question, in the usual shape of an LMS."""
    return {
        "id": f"00000000-0000-4000-8000-{number:012x}",
        "actor": {"account": {"homePage": "https://lms.example", "name": "anna"}, "name": "Anna"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered"}},
        "object": {"id": "https://lms.example/q/1", "definition": {"name": {"en": "Question {1}, [a]"}}},
        "result": {"success": True, "score": {"scaled": 0.75}, "duration": "PT1M30.5S", "response": "42"},
        "context": {"platform": "Moodle", "extensions": {"https://x.example/ext/concepts": ["loops", "range"]}},
        "timestamp": "2026-03-01T10:00:00Z",
    } | other


def _ids() -> st.SearchStrategy[str]:
    character = st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"))
    plain = st.text("abcXYZ0189-_./#:@ ", min_size=1, max_size=12)
    return (plain | st.text(character, min_size=1, max_size=12)).filter(lambda text: bool(text.strip()))


def _json() -> st.SearchStrategy[Any]:
    leaf = (
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(blacklist_categories=("Cs",)), max_size=8)
    )
    return st.recursive(
        leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys(), inner, max_size=3), max_leaves=6
    )


def _keys() -> st.SearchStrategy[str]:
    return st.text(st.characters(blacklist_categories=("Cs",)), max_size=6)


@st.composite
def _instants(draw: st.DrawFn) -> str:
    moment = draw(st.datetimes()).replace(year=draw(st.integers(1970, 2100)), day=draw(st.integers(1, 28)))
    return draw(
        st.sampled_from(
            (f"{moment.isoformat()}Z", f"{moment.isoformat()}+05:30", moment.isoformat(), moment.date().isoformat())
        )
    )


@st.composite
def events(draw: st.DrawFn) -> LearnerEvent:
    """Any event that the log can hold."""
    payload = draw(st.dictionaries(_keys(), _json(), max_size=2))
    known = {
        "passed": st.booleans(), "score": st.floats(0, 1) | st.integers(0, 1),
        "seconds": st.floats(0, 1e6) | st.integers(0, 99),
        "action": st.sampled_from(ACTIONS), "response": st.text("a\n", max_size=3),
        "code": st.sampled_from(("print('a,b\n\"c\"')\r\n", "", "\x00", "für = 1")), "confidence": st.floats(0, 1),
        "items_done": st.integers(0, 9), "misconceptions": st.lists(st.text("ab;, ", max_size=4), max_size=2),
        "error_category": st.sampled_from(("NameError", "", "logical")), "resource": _ids(),
        "complete": st.booleans(), "attempt": st.integers(0, 5), "code_state": st.just("7"), "score ": _json(),
    }  # fmt: skip
    for key in draw(st.sets(st.sampled_from(sorted(known)), max_size=5)):
        payload[key] = draw(known[key])
    return LearnerEvent(
        id=draw(_ids() | st.uuids().map(str)),
        learner_id=draw(_ids()),
        kind=draw(st.sampled_from(KINDS)),
        at=draw(_instants()),
        task_id=draw(st.none() | _ids()),
        observations=tuple(draw(st.lists(st.builds(Observation, concept=_ids(), correct=st.booleans()), max_size=3))),
        source=draw(st.none() | _ids()),
        payload=payload,
    )


def lines(*records: bytes | str) -> bytes:
    """Records one a line."""
    return b"".join((record.encode() if isinstance(record, str) else record) + b"\n" for record in records)


def numbered(count: int) -> Iterator[dict[str, Any]]:
    """Statements that differ."""
    return (statement(number) for number in range(1, count + 1))
