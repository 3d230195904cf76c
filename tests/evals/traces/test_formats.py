"""Round trips through every format, how a file's format is found out, and what is said of bad files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError, StorageError
from gradatim.evals.traces import Event, Span, Trace, read_traces, write_traces
from gradatim.evals.traces.formats import FORMATS, FormatName, format_of, open_traces, write_as
from tests.evals.traces.formats_material import T0, assessment, bare, dialogue, hostile

EVERY = (assessment(), dialogue(), bare(), hostile())
WHOLE: tuple[FormatName, ...] = ("jsonl", "otlp", "inspect")
"""Formats that lose nothing."""

_text = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=6,
)
_object = st.dictionaries(_text, _json, max_size=3)


@st.composite
def _traces(draw: st.DrawFn) -> Trace:
    spans: list[Span] = []
    for number in range(draw(st.integers(0, 4))):
        start = draw(st.integers(T0, T0 + 10**9))
        ok = draw(st.booleans())
        operation = draw(st.sampled_from(["invoke_workflow", "invoke_agent", "chat", "execute_tool", "retrieval"]))
        spans.append(
            Span(
                id=draw(st.sampled_from([f"{number + 1:016x}", f"span {number}"])),
                parent=draw(st.none() | st.sampled_from([span.id for span in spans])) if spans else None,
                name=draw(_text),
                operation=operation,
                start=start,
                end=start + draw(st.integers(0, 10**9)),
                ok=ok,
                message="" if ok else draw(_text),
                attributes=draw(_object) | {"gen_ai.operation.name": operation},
                events=tuple(Event(draw(_text), start, draw(_object)) for _ in range(draw(st.integers(0, 2)))),
            )
        )
    parts = [draw(_object) for _ in range(4)]
    return Trace(draw(_text), draw(_text), *parts, spans=tuple(spans))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_traces(), max_size=3, unique_by=lambda trace: trace.id))
def test_what_holds_everything_gives_everything_back(tmp_path: Path, traces: list[Trace]) -> None:
    for name in WHOLE:
        path = tmp_path / f"any-{name}.json"
        assert write_as(name, path, traces) == len(traces)
        assert list(open_traces(path, name)) == traces, name


@pytest.mark.parametrize("name", WHOLE)
def test_every_ending_of_a_name(name: FormatName, tmp_path: Path) -> None:
    for suffix in FORMATS[name].suffixes:
        path = tmp_path / f"runs{suffix}"
        assert write_as(name, path, EVERY) == len(EVERY)
        assert format_of(path).name == name
        assert list(open_traces(path)) == list(EVERY), suffix
    assert not [held for held in tmp_path.iterdir() if "part" in held.name]


def test_packed_files_are_packed(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl.gz"
    write_as("openai", path, EVERY)
    with gzip.open(path) as file:
        assert json.loads(file.readline())["metadata"]["trace"] == EVERY[0].id


@pytest.mark.parametrize("name", list(FORMATS))
def test_each_is_known_by_how_it_begins(name: FormatName, tmp_path: Path) -> None:
    for number, trace in enumerate(EVERY):  # whatever its first trace is
        path = tmp_path / f"{name}-{number}.json"
        write_as(name, path, [trace])
        assert format_of(path).name == name, trace.name


@pytest.mark.parametrize("name", list(FORMATS))
def test_reading_what_was_written_changes_nothing_more(name: FormatName, tmp_path: Path) -> None:
    """What a format holds survives: the second copy of a file says the same as the first."""
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    write_as(name, first, EVERY)
    once = list(open_traces(first, name))
    write_as(name, second, once)
    assert list(open_traces(second, name)) == once
    assert [trace.id for trace in once] == [trace.id for trace in EVERY]
    assert [dict(trace.reference) for trace in once] == [dict(trace.reference) for trace in EVERY]
    assert [dict(trace.attributes) for trace in once] == [dict(trace.attributes) for trace in EVERY]


def test_a_failed_writing_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    for name in FORMATS:
        path = tmp_path / f"{name}.json"
        write_as(name, path, [bare()])
        before = path.read_bytes()

        def failing() -> Iterator[Trace]:
            yield assessment()
            raise InputError("line 2 is broken", place="somewhere", remedy="mend it")

        with pytest.raises(InputError, match="line 2 is broken"):
            write_as(name, path, failing())
        assert path.read_bytes() == before
    assert sorted(held.name for held in tmp_path.iterdir()) == sorted(f"{name}.json" for name in FORMATS)


def test_a_new_file_is_its_owners(tmp_path: Path) -> None:
    for name in FORMATS:
        path = tmp_path / f"{name}.json"
        write_as(name, path, [bare()])
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o640)
        write_as(name, path, [bare()])
        assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_may_be_written_over_itself(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    write_traces(path, EVERY)
    assert write_as("jsonl", path, open_traces(path)) == len(EVERY)
    assert list(read_traces(path)) == list(EVERY)


def test_what_json_has_no_form_for_is_told(tmp_path: Path) -> None:
    for value in (object(), 2**70):
        odd = replace(bare(), inputs={"x": value})
        for name in ("jsonl", "otlp", "inspect"):
            with pytest.raises(InputError, match="trace run 7: cannot be written as JSON"):
                write_as(name, tmp_path / "x.json", [odd])


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in FORMATS:
        with pytest.raises(StorageError, match="cannot be written"):
            write_as(name, tmp_path / "file" / "x.json", [bare()])


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "is empty"),
        (b"hello world", "begins like none"),
        (b'{"a": 1}', "begins like none"),
        (b"\xff\xfe\x00", "begins like none"),
        (b"[]", "begins like none"),
    ],
)
def test_files_of_no_format(content: bytes, wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=wrong):
        format_of(path)


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize(
    "content", [b"hello", b"[1, 2]", b'{"a": 1}\n', b'{"a": [1, 2}\n', b"\xff\xfe", b'{"a": "\xff"}', b"null", b"[[]]"]
)
def test_broken_files_name_the_place(name: FormatName, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        list(open_traces(path, name))
    assert str(path) in str(caught.value.place)
    assert caught.value.remedy


def test_a_broken_line_is_named_and_those_before_it_are_read(tmp_path: Path) -> None:
    for name in ("jsonl", "agentevals", "openai"):
        path = tmp_path / f"{name}.jsonl"
        write_as(name, path, EVERY[:2])
        path.write_bytes(path.read_bytes() + b'{"broken": \n')
        found = open_traces(path, name)
        assert [next(found).id, next(found).id] == [EVERY[0].id, EVERY[1].id]
        with pytest.raises(InputError) as caught:
            next(found)
        assert caught.value.place == f"{path}:3"


def test_a_file_that_ends_too_early(tmp_path: Path) -> None:
    for name in FORMATS:
        packed = tmp_path / f"{name}.jsonl.gz"
        write_as(name, packed, [replace(assessment(), id=f"{number:032x}") for number in range(1, 40)])
        packed.write_bytes(packed.read_bytes()[:600])
        with pytest.raises(InputError) as caught:
            list(open_traces(packed, name))
        assert str(packed) in str(caught.value.place)


def test_no_such_file(tmp_path: Path) -> None:
    for name in (None, *FORMATS):
        with pytest.raises(InputError, match="cannot be read: No such file"):
            list(open_traces(tmp_path / "nowhere.jsonl", name))
        with pytest.raises(InputError, match="cannot be read"):
            list(open_traces(tmp_path, name))


def test_blank_lines_and_a_byte_order_mark_are_no_matter(tmp_path: Path) -> None:
    for name in ("otlp", "agentevals", "openai"):
        path = tmp_path / f"{name}.jsonl"
        write_as(name, path, EVERY[:2])
        lines = path.read_bytes().split(b"\n")
        path.write_bytes(b"\xef\xbb\xbf" + lines[0] + b"\n\n  \n" + lines[1] + b"\n\n")
        assert len(list(open_traces(path))) == 2, name
