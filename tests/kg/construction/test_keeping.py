from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradatim.kg.construction.keeping import Keeper
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.material import Analysed, analyse
from gradatim.kg.construction.reader import default_reader
from tests.kg.construction.documents.reading import document

TEXT = """\
# Tuples

A **tuple** is a sequence of 学生. Use `t[0]`:

- unlike lists
- immutable

```python
total = 0
```
"""


@pytest.fixture(scope="module")
def analysed() -> Analysed:
    return analyse(document(TEXT, "week.md"), default_parser(), default_reader())


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path / "kept", "parser", "encoder")


def only_file(keeper: Keeper) -> Path:
    (path,) = keeper.folder.iterdir()
    return path


def require_same(found: Analysed | None, expected: Analysed) -> None:
    assert found is not None
    assert (found.name, found.digest) == (expected.name, expected.digest)
    assert found.sentences == expected.sentences
    assert found.example_names == expected.example_names
    for one, other in zip(found.encoded, expected.encoded, strict=True):
        assert one.tokens.dtype == other.tokens.dtype == np.float32
        assert (one.tokens == other.tokens).all()


def test_what_was_kept_comes_back_exactly(keeper: Keeper, analysed: Analysed) -> None:
    assert keeper.get(analysed.name, analysed.digest) is None
    keeper.put(analysed)
    require_same(keeper.get(analysed.name, analysed.digest), analysed)
    assert only_file(keeper).suffixes == [".npz"]
    with np.load(only_file(keeper)) as archive:
        assert archive["vectors"].dtype == np.float16


def test_a_document_without_sentences_is_kept_too(keeper: Keeper) -> None:
    empty = Analysed("code.md", "1", (), (), frozenset({"x"}))
    keeper.put(empty)
    require_same(keeper.get("code.md", "1"), empty)


def test_another_content_name_or_reader_is_another_document(keeper: Keeper, analysed: Analysed) -> None:
    keeper.put(analysed)
    assert keeper.get(analysed.name, "other") is None
    assert keeper.get("other.md", analysed.digest) is None
    assert Keeper(keeper.folder, "parser", "encoder 2").get(analysed.name, analysed.digest) is None
    assert Keeper(keeper.folder, "parser 2", "encoder").get(analysed.name, analysed.digest) is None
    require_same(Keeper(keeper.folder, "parser", "encoder").get(analysed.name, analysed.digest), analysed)


@pytest.mark.parametrize("content", [b"", b"x", b"\x93NUMPY", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)])
def test_a_broken_file_is_told_and_made_anew(
    keeper: Keeper, analysed: Analysed, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    keeper.put(analysed)
    path = only_file(keeper)
    path.write_bytes(content)
    assert keeper.get(analysed.name, analysed.digest) is None
    assert str(path) in caplog.text
    keeper.put(analysed)
    require_same(keeper.get(analysed.name, analysed.digest), analysed)


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ("[]", 0),
        ("{}", 0),
        ("not JSON", 0),
        ('{"sentences": [], "example_names": []}', 3),
        ('{"sentences": [{"text": "x"}], "example_names": []}', 0),
        ('{"sentences": "x", "example_names": []}', 0),
    ],
)
def test_a_file_of_another_form_is_made_anew(keeper: Keeper, analysed: Analysed, plain: str, words: int) -> None:
    keeper.put(analysed)
    np.savez(only_file(keeper), plain=np.array(plain), vectors=np.zeros((words, 384), np.float16))
    assert keeper.get(analysed.name, analysed.digest) is None


def test_where_nothing_can_be_kept_a_build_goes_on(
    tmp_path: Path, analysed: Analysed, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "kept"):
        keeper = Keeper(folder, "parser")
        keeper.put(analysed)
        assert keeper.get(analysed.name, analysed.digest) is None
    assert "the analysis of week.md cannot be kept" in caplog.text


def test_a_write_that_fails_leaves_nothing(keeper: Keeper, analysed: Analysed, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, **arrays: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    keeper.put(analysed)
    assert list(keeper.folder.iterdir()) == []


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_raises(keeper: Keeper, analysed: Analysed, data: st.DataObject) -> None:
    keeper.put(analysed)
    path = only_file(keeper)
    content = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=3)):
        content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content)
    found = keeper.get(analysed.name, analysed.digest)
    if found is not None:  # the damage lies where nothing is read, or the check sum would have told
        require_same(found, analysed)
