from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import ModelError
from gradatim.serving import embeddings
from gradatim.serving.embeddings import load_network, load_tokenizer
from gradatim.serving.pieces import STATE, TOKENS, MiniLMPieces, _further_output, _varint

PIECES = MiniLMPieces()


def covered(text: str) -> set[int]:
    return {at for start, end in PIECES.pieces(text).offsets for at in range(start, end)}


def test_word_pieces_cover_the_text() -> None:
    text = "Unlike lists, tuples are immutable: naïve re-assignment raises a TypeError (see `t[0] = 1`)."
    assert covered(text) == {at for at, letter in enumerate(text) if letter != " "}


def test_the_marks_at_both_ends_stand_nowhere() -> None:
    read = PIECES.pieces("a loop")
    assert read.offsets == ((0, 0), (0, 1), (2, 6), (0, 0))
    assert read.states.shape == (4, 384)
    assert read.states.dtype == np.float32
    assert PIECES.pieces("").offsets == ((0, 0), (0, 0))


def test_a_long_text_is_cut() -> None:
    read = PIECES.pieces("word " * 2000)
    assert len(read.offsets) == len(read.states) == TOKENS
    assert read.offsets[-2] == (5 * (TOKENS - 3), 5 * (TOKENS - 3) + 4)


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=80))
def test_any_text_has_pieces_in_order(text: str) -> None:
    read = PIECES.pieces(text)
    inner = read.offsets[1:-1]
    assert all(0 <= start < end <= len(text) for start, end in inner)
    assert list(inner) == sorted(inner)
    assert np.isfinite(read.states).all()


def test_threads_share_one_model() -> None:
    fresh = MiniLMPieces()
    texts = [f"A loop that runs {number} times." for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(fresh.pieces, texts))
    for text, read in zip(texts, found, strict=True):
        assert (read.states == PIECES.pieces(text).states).all()


def test_the_further_output_leaves_the_network_as_it_is() -> None:
    tokenizer = load_tokenizer(TOKENS)
    ids = np.asarray([tokenizer.encode("A missing return.").ids], dtype=np.int64)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    plain, longer = load_network(), load_network(_further_output(STATE))
    assert [item.name for item in longer.get_outputs()] == [item.name for item in plain.get_outputs()] + [STATE]
    (expected,) = plain.run(["last_hidden_state"], feed)
    found, middle = longer.run(["last_hidden_state", STATE], feed)
    assert (found == expected).all()
    assert middle.shape == expected.shape
    assert np.abs(middle - expected).max() > 0.1


@pytest.mark.parametrize(("value", "encoded"), [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (300, "ac02")])
def test_numbers_are_written_as_protocol_buffers_write_them(value: int, encoded: str) -> None:
    assert _varint(value).hex() == encoded


def test_missing_files_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "_NETWORK", embeddings._PackagedFile("gradatim-no-such-package", "x", "0"))
    with pytest.raises(ModelError, match="missing"):
        MiniLMPieces().pieces("a")
