"""Files in which something is broken at random: they are read, or an error names the place; nothing else happens."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gradatim.app.report.run import render_run, run_text
from gradatim.errors import InputError
from gradatim.evals.traces.formats import FORMATS, FormatName, check_trace, open_traces, write_as
from gradatim.evals.traces.view import compare, view_of
from tests.evals.traces.formats_material import assessment, dialogue

ODD: tuple[Any, ...] = (
    None, True, -1, 3.5, 10**25, "", "x", "attachment://a", "\ud800", "2026-13-45", [], {}, [1], [[]], [None], {"a": 1},
    [{}], {"role": 3}, {"content": {}}, [{"role": "user", "content": [3]}], ...,
)  # fmt: skip
"""What stands in the place of something; `...`: nothing at all."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in plain data."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from places(item, (*path, key))


def broken(document: Any, chance: random.Random) -> Any:
    """A copy with something odd in one place or in a few."""
    made = json.loads(json.dumps(document))
    for _ in range(chance.choice((1, 1, 2, 4))):
        *outer, last = chance.choice(list(places(made)))
        holder = made
        for key in outer:
            holder = holder[key]
        odd = chance.choice(ODD)
        if odd is ...:
            del holder[last]
        else:
            holder[last] = odd
    return made


def documents(name: FormatName, path: Path) -> list[Any]:
    write_as(name, path, [assessment(), dialogue()])
    text = path.read_text("utf-8")
    if name in ("otlp", "inspect"):
        whole = json.loads(text)
        # the same as somebody else's file, without what only gradatim writes
        return [whole, json.loads(text.replace('"gradatim.trace"', '"x"').replace('"gradatim":', '"theirs":'))]
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", list(FORMATS))
def test_broken_at_random(name: FormatName, tmp_path: Path) -> None:
    chance = random.Random(7)
    whole = documents(name, tmp_path / "whole.json")
    path, other = tmp_path / "broken.json", tmp_path / "other.json"
    read = 0
    refused: list[InputError] = []
    unwritten: list[InputError] = []
    for _ in range(40):
        path.write_text(json.dumps(broken(chance.choice(whole), chance)), "utf-8")
        try:
            traces = list(open_traces(path, name))
        except InputError as error:
            refused.append(error)
            continue
        read += 1
        for trace in traces:
            view_of(trace), check_trace(trace), compare(trace, traces[0])
        if traces and read % 5 == 0:
            render_run(traces[0]), run_text(traces[0])
            target = chance.choice(list(FORMATS))
            try:
                write_as(target, other, traces)
            except InputError as error:  # half a character, or a number beyond 64 bits
                unwritten.append(error)
    assert read > 8
    assert all(str(path) in str(error.place) and error.remedy for error in refused)
    assert all("cannot be written as JSON" in error.message for error in unwritten)
