from __future__ import annotations

import json
from typing import Any

import pytest

from tests.kg.construction.documents.reading import brief, document, reason, spans


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def test_cells_of_format_4() -> None:
    read = document(
        notebook(
            {"cell_type": "markdown", "source": ["# Lists\n", "\n", "A **list** has `len`.\n"]},
            {"cell_type": "code", "source": "%matplotlib inline\nxs = [1]\n\nxs", "outputs": [{"text": ["no"]}]},
            {"cell_type": "raw", "source": "no"},
            {"cell_type": "markdown", "source": "---\n\n- item"},
        ),
        "lab.ipynb",
    )
    assert read.title == "Lists"
    assert brief(read) == [
        ("heading1", "Lists"),
        ("paragraph", "A list has len."),
        ("code", "%matplotlib inline\nxs = [1]\n\nxs"),
        ("item1", "item"),
    ]
    assert spans(read.blocks[1]) == [("strong", "list"), ("code", "len")]
    assert [block.place for block in read.blocks] == [
        "lab.ipynb:cell 1",
        "lab.ipynb:cell 1",
        "lab.ipynb:cell 2",
        "lab.ipynb:cell 4",
    ]


def test_cells_of_format_3() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Loops"]},
        {"cell_type": "markdown", "source": ["Text."]},
        {"cell_type": "code", "input": ["for x in xs:\n", "    x"], "outputs": []},
    ]
    read = document(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}), "old.ipynb")
    assert brief(read) == [("heading2", "Loops"), ("paragraph", "Text."), ("code", "for x in xs:\n    x")]


def test_half_a_character_in_json_can_still_be_written() -> None:
    source = '{"cells": [{"cell_type": "markdown", "source": "bad \\ud83d one"}]}'
    assert document(source, "a.ipynb").blocks[0].text.encode() == "bad \ufffd one".encode()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", "not valid JSON"),
        ('{"cells": NaN}', "no list of cells"),
        ("[]", "no notebook"),
        ("{}", "no list of cells"),
        ('{"cells": {}}', "no list of cells"),
        ('{"worksheets": [1]}', "no list of cells"),
        ('{"cells": [1]}', "no JSON object"),
        ('{"cells": [{"cell_type": "code", "source": {"a": 1}}]}', "source of a cell (a.ipynb:cell 1) is no text"),
        ('{"cells": [{"cell_type": "code", "source": [1]}]}', "is no text"),
        ('{"cells": [' + "1" * 5000 + "]}", "not valid JSON"),
        ("[" * 200_000, "nested too deeply"),
        ('{"cells":' * 200_000, "nested too deeply"),
        (notebook(), "no text"),
    ],
)
def test_what_is_no_notebook(content: str, expected: str) -> None:
    assert expected in reason(content, "a.ipynb")


def test_large_outputs_are_passed_over() -> None:
    cell = {"cell_type": "code", "source": "plot()", "outputs": [{"data": {"image/png": "A" * 5_000_000}}]}
    assert brief(document(notebook(cell), "a.ipynb")) == [("code", "plot()")]
