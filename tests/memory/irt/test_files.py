"""Item banks and responses as CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import InputError, StorageError
from gradatim.memory.irt import Item, ItemBank, read_items, read_responses, write_items

HEADER = "item,a,b,c,content,se_a,se_b\n"
names = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
positive = st.floats(0.01, 20.0)
errors = st.none() | st.floats(0.0, 5.0)


@st.composite
def banks(draw: st.DrawFn) -> ItemBank:
    ids = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    return ItemBank.of(
        Item(
            name,
            draw(positive),
            draw(st.floats(-20.0, 20.0)),
            draw(st.floats(0.0, 0.99)),
            draw(st.sampled_from(["", "loops", "lists, dicts"])),
            draw(errors),
            draw(errors),
        )
        for name in ids
    )


@given(banks())
def test_items_come_back_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, bank: ItemBank) -> None:
    path = tmp_path_factory.mktemp("bank") / "items.csv"
    write_items(bank, path)
    assert list(read_items(path)) == list(bank)


def test_columns_in_any_order_and_defaults(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("\ufeffb,item\n0.5,one\n\n-1,two\n", "utf-8")
    assert [(item.id, item.a, item.b, item.c) for item in read_items(path)] == [
        ("one", 1.0, 0.5, 0.0),
        ("two", 1.0, -1.0, 0.0),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (HEADER.encode(), "there are no items"),
        (b"name,a\nx,1\n", r":1: there is no column 'item'"),
        (b"item,item,b\n", "two columns are called 'item'"),
        ((HEADER + "x,1,0\n").encode(), r":2: 3 fields where the header has 7"),
        ((HEADER + "x,1,0,0,,,\nx,1,0,0,,,\n").encode(), r":3: the item 'x' is there already, in line 2"),
        ((HEADER + "x,-1,0,0,,,\n").encode(), r":2: a = -1.0.*must be positive"),
        ((HEADER + "x,1,,0,,,\n").encode(), r":2: a = 1.0, b = None"),
        ((HEADER + "x,1,nan,0,,,\n").encode(), r":2: b is 'nan', which is no number"),
        ((HEADER + "x,1,0,1,,,\n").encode(), r":2: .*c in \[0, 1\)"),
        ((HEADER + ",1,0,0,,,\n").encode(), r":2: the item id is empty"),
        (b"item,b\n\xff\xfe,1\n", "is not UTF-8"),
        (b'item,b\n"x,1\n', "is no CSV"),
        (b"item,b\n" + b"x" * 2_000_000 + b",1\n", "is no CSV"),
    ],
)
def test_what_is_no_item_is_named_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_items(path)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_items(tmp_path / "none.csv")
    with pytest.raises(StorageError, match="cannot be written"):
        write_items(ItemBank.from_arrays([1.0], [0.0]), tmp_path / "none" / "items.csv")
    assert list(tmp_path.iterdir()) == []


def test_long_and_wide_responses_are_the_same(tmp_path: Path) -> None:
    long, wide = tmp_path / "long.csv", tmp_path / "wide.csv"
    long.write_text("item,learner,correct,seconds\nq1,ann,1,3\nq2,ann,0,4\nq1,bob,0,2\nq1,bob,true,2\nq2,bob,,9\n")
    wide.write_text("learner,q1,q2\nann,1,0\nbob,TRUE,NA\n")
    for path in (long, wide):
        found = read_responses(path)
        assert (found.learners, found.items) == (("ann", "bob"), ("q1", "q2"))
        assert found.values.tolist() == [[1, 0], [1, -1]]
        assert not found.complete
    wide.write_text(",q1,q2\nann,1,0\nbob,1,\n")
    assert read_responses(wide).values.tolist() == [[1, 0], [1, -1]]
    wide.write_text("q1,q2\n1,0\n0,-1\n")
    assert read_responses(wide).learners == ("1", "2")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("learner,q1\nann,2\n", r":2, column 'q1': '2' is no answer"),
        ("learner,item,correct\nann,q,maybe\n", r":2: 'maybe' is no answer"),
        ("learner,item,correct\n", "no responses"),
        ("learner,q1\n", "no responses"),
        ("learner,q1\nann,1\nann,0\n", r":3: the learner 'ann' is there already, in line 2"),
        ("learner,q\x00,q2\nann,1,0\n", r":1: the item id holds the control character"),
        ("learner,item,correct\n,q,1\n", r":2: the learner id is empty"),
    ],
)
def test_what_is_no_answer_is_named_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "responses.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_responses(path)


def test_a_bank_knows_its_items() -> None:
    bank = ItemBank.from_arrays([1.0, 2.0], [0.0, 1.0], content=["x", "y"])
    assert len(bank) == 2
    assert bank.index("i2") == 1
    assert bank.item(1) == Item("i2", 2.0, 1.0, 0.0, "y")
    with pytest.raises(InputError, match="no such item"):
        bank.index("i3")
    for broken in ({"a": [1.0]}, {"a": [1.0, np.nan]}, {"a": [0.0, 1.0]}, {"content": ["x"]}):
        arguments = {"a": [1.0, 1.0], "b": [0.0, 0.0], **broken}
        with pytest.raises(InputError):
            ItemBank.from_arrays(**arguments)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="occurs twice"):
        ItemBank(("x", "x"), np.ones(2), np.zeros(2), np.zeros(2))
