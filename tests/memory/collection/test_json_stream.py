"""JSON of any size and in any order, a record at a time."""

from __future__ import annotations

import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.memory.collection import json_window
from gradatim.memory.collection.json_stream import json_elements
from gradatim.memory.collection.json_window import Element
from tests.memory.collection.material import lines

_TEXT = st.text('ab{}[]",:\\\n é', max_size=8)
_OBJECTS = st.dictionaries(
    _TEXT.map(lambda text: f"k{text}"),
    st.recursive(
        _TEXT | st.integers(0, 9) | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner),
        max_leaves=8,
    ),
    max_size=4,
)


def elements(tmp_path: Path, text: bytes | str) -> list[Element]:
    path = tmp_path / "records.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(json_elements(path))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(_OBJECTS, max_size=6),
    st.booleans(),
    st.sampled_from(("lines", "array", "batch", "pretty")),
    st.integers(1, 40),
)
def test_every_object_is_found_whatever_stands_in_it(
    objects: list[dict[str, Any]], marked: bool, shape: str, block: int
) -> None:
    option = orjson.OPT_INDENT_2 if shape == "pretty" else 0
    text = {
        "lines": lines(*map(orjson.dumps, objects)),
        "batch": b'{"more": "", "statements": ' + orjson.dumps(objects) + b', "x": [1]}',
    }.get(shape, orjson.dumps(objects, option=option))
    before = json_window.BLOCK
    json_window.BLOCK = block  # a file in many pieces
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = elements(Path(folder), (b"\xef\xbb\xbf" if marked else b"") + text)
    finally:
        json_window.BLOCK = before
    if shape == "lines":  # a line with a batch or an empty object is still one record
        assert [element.value for element in found] == objects
    else:
        assert [element.value for element in found] == objects
        assert [element.number for element in found] == list(range(1, len(objects) + 1))
    assert all(element.problem is None and orjson.loads(element.raw) == element.value for element in found)


def test_an_envelope_is_handed_on_with_its_records(tmp_path: Path) -> None:
    text = '{\n "sensor": "s", "sendTime": "2026-03-01T10:00:00Z",\n "data": [{"a": 1}, {"a": 2}]\n}\n'
    text += '{"sensor": "t",\n"data": []}'
    found = elements(tmp_path, text)
    assert [element.value for element in found] == [{"a": 1}, {"a": 2}]
    assert found[1].around == {"sensor": "s", "sendTime": "2026-03-01T10:00:00Z"}


def test_one_object_over_many_lines_is_one_record(tmp_path: Path) -> None:
    (found,) = elements(tmp_path, '{\n "id": 1,\n "nested": {"list": [1, 2]}\n}\n')
    assert found.value == {"id": 1, "nested": {"list": [1, 2]}}


@pytest.mark.parametrize(
    "broken", ['{"id": 2, "text": "open}', '{"id": 2 "text": 1}', '{"id": 2, "list": [1, 2}', '{"id": 2, "bad": "\\x"}']
)
def test_a_broken_element_costs_itself_alone(tmp_path: Path, broken: str) -> None:
    found = elements(tmp_path, '[{"id": 1, "text": "{"}, ' + broken + ', {"id": 3}, {"id": 4, "x": {"id": 5}}]')
    assert [element.value for element in found if element.problem is None] == [
        {"id": 1, "text": "{"}, {"id": 3}, {"id": 4, "x": {"id": 5}}
    ]  # fmt: skip
    (bad,) = [element for element in found if element.problem]
    assert bad.number == 2
    assert bad.raw.decode().strip() == broken


def test_broken_lines(tmp_path: Path) -> None:
    found = elements(
        tmp_path, lines('{"id": 1}', '{"id": ', "", '{"name": "\xff"}'.encode("latin-1"), "nonsense", '{"id": 5}')
    )
    assert [(element.number, element.value) for element in found if element.problem is None] == [
        (1, {"id": 1}), (6, {"id": 5})
    ]  # fmt: skip
    assert [(element.number, element.problem.split(":")[0]) for element in found if element.problem] == [
        (2, "it is not valid JSON"), (4, "it is not UTF-8 text"), (5, "it is not valid JSON")
    ]  # fmt: skip


def test_a_broken_first_line_is_a_broken_line(tmp_path: Path) -> None:
    found = elements(tmp_path, lines('{"id": 1', '{"id": 2}', '{"id": 3}'))
    assert [element.value for element in found if element.problem is None] == [{"id": 2}, {"id": 3}]
    assert [element.number for element in found if element.problem] == [1]


def test_objects_over_many_lines_after_a_broken_one(tmp_path: Path) -> None:
    good = '{\n "id": %d,\n "x": {\n  "y": [1]\n }\n}\n'
    found = elements(tmp_path, good % 1 + '{\n "id": 2\n "x": nonsense\n}\n' + good % 3 + "stray\n" + good % 4)
    assert [element.value["id"] for element in found if element.problem is None] == [1, 3, 4]
    assert len([element for element in found if element.problem]) == 2


def test_a_file_that_ends_too_early(tmp_path: Path) -> None:
    found = elements(tmp_path, '[{"id": 1}, {"id": 2}, {"id": 3, "tex')
    assert [element.value for element in found if element.problem is None] == [{"id": 1}, {"id": 2}]
    assert any(element.problem for element in found)


@pytest.mark.parametrize("text", ["[1, 2]", '["a, b", {"id": 1}]', "[[1], {}]", "[null]"])
def test_what_is_no_object_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    found = elements(tmp_path, text)
    assert [element.value for element in found if element.problem is None] == [
        value for value in orjson.loads(text) if isinstance(value, dict)
    ]
    assert {element.problem for element in found if element.problem} == {"it is no JSON object"}


def test_long_lines_are_taken_and_endless_ones_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = orjson.dumps({"id": 2, "code": "x" * 10_000_000})
    found = elements(tmp_path, lines('{"id": 1}', long, '{"id": 3}'))
    assert [element.value["id"] for element in found] == [1, 2, 3]
    monkeypatch.setattr(json_window, "LIMIT", 1_000_000)
    found = elements(tmp_path, lines('{"id": 1}', long, '{"id": 3}'))
    assert [element.problem and element.problem.split(" MiB")[0] for element in found] == [
        None,
        "it is longer than 0",
        None,
    ]
    assert len(found[1].raw) == json_window.KEPT


def test_an_endless_element_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_window, "LIMIT", 1_000)
    monkeypatch.setattr(json_window, "KEPT", 100)
    monkeypatch.setattr(json_window, "BLOCK", 64)
    text = (
        '[{"id": 1},\n{"id": 2, "x": [' + ", ".join(f'{{"y": {number}}}' for number in range(900)) + ']},\n{"id": 3}]'
    )
    found = elements(tmp_path, text)
    assert [element.value for element in found if element.problem is None] == [{"id": 1}, {"id": 3}]
    (bad,) = [element for element in found if element.problem]
    assert json_window.CUT in (bad.problem or "")
    assert len(bad.raw) == 100


def test_a_large_array_is_never_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.write(b"[")
        for number in range(60_000):
            file.write((b"," if number else b"") + orjson.dumps({"id": number, "text": "y" * 300}))
        file.write(b"]")
    tracemalloc.start()
    count = sum(element.problem is None for element in json_elements(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 60_000
    assert peak < 6_000_000 < path.stat().st_size / 3


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(json_elements(tmp_path / "nothing.json"))
