from __future__ import annotations

import numpy as np

from gradatim.kg.construction.encoding import DIMENSIONS, Encoded, encode
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.material import Material, analyse, stacked
from gradatim.kg.construction.passages import passages
from gradatim.kg.construction.reader import default_reader
from gradatim.kg.construction.sentences import sentences
from gradatim.serving.pieces import Pieces
from tests.kg.construction.documents.reading import document


class Letters:
    """Gives each letter a piece whose vector is its place in the text; reads `most` of them, and keeps
    what it was asked."""

    name = "letters"

    def __init__(self, most: int = 100_000) -> None:
        self.most = most
        self.asked: list[str] = []

    def pieces(self, text: str) -> Pieces:
        self.asked.append(text)
        text = text[: self.most]
        places = [(0, 0), *((at, at + 1) for at in range(len(text)) if text[at] != " "), (0, 0)]
        states = np.repeat(np.array([[float(start)] for start, _ in places], np.float32), DIMENSIONS, axis=1)
        return Pieces(tuple(places), states)


def test_a_word_is_the_mean_of_its_pieces() -> None:
    found = sentences(document("# Lists\n\nA list grows. It is new.", "a.md"), default_parser())
    letters = Letters()
    encoded = encode(found, tuple(passages(found)), letters)
    assert letters.asked == ["Lists A list grows. It is new."]
    start = 0
    for sentence, item in zip(found, encoded, strict=True):
        for token, vector in zip(sentence.tokens, item.tokens, strict=True):
            assert vector.tolist() == [start + (token.start + token.end - 1) / 2] * DIMENSIONS
        start += len(sentence.text) + 1


def test_a_long_section_is_read_in_windows_below_its_headings() -> None:
    text = "# Lists\n\n## Growth\n\n" + " ".join(f"The list number {number} grows." for number in range(120))
    found = sentences(document(text, "a.md"), default_parser())
    letters = Letters(most=700)
    encoded = encode(found, tuple(passages(found)), letters)
    read = [asked for asked in letters.asked if len(asked) <= 700]
    assert len(read) > 4
    assert all(asked.startswith("Lists Growth The list number") for asked in read)
    assert "".join(asked.removeprefix("Lists Growth") for asked in read) == " " + text.partition("Growth\n\n")[2]
    assert all(item.tokens[1:].all() for item in encoded[2:])


def test_one_sentence_that_is_too_long_is_read_as_far_as_that_goes() -> None:
    found = sentences(document("A list " + "of lists " * 30 + "grows.", "a.md"), default_parser())
    (item,) = encode(found, tuple(passages(found)), Letters(most=100))
    assert item.tokens[1:20].all()
    assert not item.tokens[-1].any()


def test_the_packaged_reader_gives_every_word_a_vector() -> None:
    text = "# Lists\n\n" + "\n\n".join(
        f"The `list[{number}]` item is re-read; see {number}.5% of naïve 学生 (or `x_{number}`)."
        for number in range(18)
    )
    analysed = analyse(document(text, "a.md"), default_parser(), default_reader())
    for sentence, item in zip(analysed.sentences, analysed.encoded, strict=True):
        assert item.tokens.shape == (len(sentence.tokens), DIMENSIONS)
        assert np.abs(item.tokens).max(axis=1).min() > 0


def test_what_the_encoder_cannot_read_has_no_vectors() -> None:
    text = "`" + "((((" * 500 + "` ends."
    analysed = analyse(document(text, "a.md"), default_parser(), default_reader())
    assert not analysed.encoded[0].tokens[-1].any()


def test_the_mean_of_a_stretch() -> None:
    vectors = np.arange(3 * DIMENSIONS, dtype=np.float32).reshape(3, DIMENSIONS)
    item = Encoded(vectors)
    assert (item.mean(1, 2) == vectors[1:].mean(axis=0)).all()
    assert (item.mean(-2, 0) == vectors[0]).all()
    for first, last in ((3, 4), (-2, -1), (2, 1)):
        assert item.mean(first, last).tolist() == [0] * DIMENSIONS


def test_vectors_are_those_that_come_back_from_disk() -> None:
    analysed = analyse(document("A list grows.", "a.md"), default_parser(), default_reader())
    (item,) = analysed.encoded
    assert item.tokens.dtype == np.float32
    assert (stacked(analysed.encoded).astype(np.float32) == item.tokens).all()
    assert stacked(()).shape == (0, DIMENSIONS)


def test_names_of_examples_hold_for_the_whole_course() -> None:
    texts = ["```python\ntotal = 0\n```\n\nA list.", "```python\ndef area(w):\n    return w\n```\n\nA tuple."]
    read = [analyse(document(text, "a.md"), default_parser(), Letters()) for text in texts]
    assert read[0].example_names == {"total"}
    assert Material(tuple(read)).example_names == {"total", "area", "w"}
    assert [sentence.text for _, _, sentence, _ in Material(tuple(read)).places()] == ["A list.", "A tuple."]
