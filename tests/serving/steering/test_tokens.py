"""From words to tokens, on both families of vocabularies."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.serving.steering import Steering
from gradatim.serving.steering.tokens import beginnings, texts, token_biases, token_weights
from tests.serving.steering.vocabularies import Vocabulary, byte_level, sentence_piece


@pytest.fixture(params=[byte_level, sentence_piece])
def vocabulary(request: pytest.FixtureRequest) -> Vocabulary:
    return request.param()


def pieces(vocabulary: Vocabulary, word: str) -> dict[str, int]:
    return {vocabulary.piece(token): parts for token, parts in beginnings(word, vocabulary.tokenize).items()}


def test_a_word_of_the_vocabulary_begins_with_itself_after_a_space_and_elsewhere(vocabulary: Vocabulary) -> None:
    found = pieces(vocabulary, "loop")
    assert found[" loop"] == 1
    assert found["loop"] == 1
    assert {piece.strip().lower()[0] for piece in found} == {"l"}, "nothing but beginnings of the word"


def test_a_word_in_several_parts_begins_with_its_first_part(vocabulary: Vocabulary) -> None:
    found = pieces(vocabulary, "loop invariant")
    assert found[" loop"] == len(vocabulary.tokenize("x loop invariant")) - 1 > 1
    assert " invariant" not in found


@settings(max_examples=60, deadline=None)
@given(st.text("loindexlisthe_ 循环列表é", min_size=1, max_size=10).map(str.strip).filter(bool))
def test_first_tokens_stand_where_the_word_begins(word: str) -> None:
    for vocabulary in (byte_level(), sentence_piece()):
        for token, parts in beginnings(word, vocabulary.tokenize).items():
            piece = vocabulary.piece(token)
            assert piece.strip(), "a space alone begins no word"
            assert parts >= 1
            letter = word[0].lower().encode()[:1]
            # a token may cover what stands before the word, and may be one byte of its first letter
            if not (piece.startswith("<0x") or "\ufffd" in piece):
                assert letter in piece.lower().encode()


def test_words_that_begin_alike_share_the_token_by_their_strongest_wishes() -> None:
    tokens = {"ab": [1, 2], "ac": [1, 3], "a": [1]}

    def tokenize(text: str) -> list[int]:
        head: dict[str, list[int]] = {"": [], " ": [], "x": [9], "x ": [9], 'x "': [9, 8]}
        for before in ('x "', "x ", ""):
            if text.startswith(before) and text[len(before) :].lower() in tokens:
                return [*head[before], *tokens[text[len(before) :].lower()]]
        return head[text]

    assert token_weights({"a": 0.4, "ab": 1.0}, tokenize) == {1: 0.5}
    assert token_weights({"a": 1.0, "ab": 1.0, "ac": 0.2}, tokenize) == {1: 1.0}
    assert token_weights({"a": 1.0, "ab": -1.0}, tokenize) == {1: 0.5}
    assert token_weights({"ab": -1.0, "ac": -0.5}, tokenize) == {1: -0.5}
    assert token_weights({"ab": -1.0, "ac": 1.0}, tokenize) == {1: 0.0}


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text("loopindex", min_size=1, max_size=6), st.floats(-1, 1), max_size=12), st.randoms())
def test_weights_stay_in_range_and_do_not_depend_on_the_order(term: dict[str, float], chance: object) -> None:
    tokenize = byte_level().tokenize
    weights = token_weights(term, tokenize)
    assert all(-1 <= weight <= 1 for weight in weights.values())
    shuffled = list(term.items())
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert token_weights(dict(shuffled), tokenize) == weights


def test_biases_are_the_two_terms_by_their_lambdas(vocabulary: Vocabulary) -> None:
    steering = Steering(
        lambda_profile=2.0, lambda_curriculum=3.0, profile={"loop": 0.5}, curriculum={"loop": -1.0, "list": 1.0}
    )
    biases = token_biases(steering, vocabulary.tokenize)
    by_piece = {vocabulary.piece(token): bias for token, bias in biases.items()}
    assert by_piece[" loop"] == pytest.approx(2.0 * 0.5 - 3.0)
    assert by_piece[" list"] == pytest.approx(3.0)
    assert list(biases) == sorted(biases)


def test_special_tokens_and_those_beyond_the_vocabulary_are_left_alone(vocabulary: Vocabulary) -> None:
    steering = Steering(lambda_profile=2.0, profile={"loop": 1.0, "list": 1.0})
    every = token_biases(steering, vocabulary.tokenize)
    loop = vocabulary.tokenize("x loop")[-1]
    assert token_biases(steering, vocabulary.tokenize, never={loop}) == {t: b for t, b in every.items() if t != loop}
    limit = max(every)
    assert max(token_biases(steering, vocabulary.tokenize, vocabulary=limit)) < limit


def test_terms_without_a_lambda_are_not_even_tokenized() -> None:
    def refuse(text: str) -> list[int]:
        raise AssertionError(text)

    assert token_biases(Steering(profile={"loop": 1.0}), refuse) == {}


def test_all_texts_are_told_before(vocabulary: Vocabulary) -> None:
    steering = Steering(
        lambda_profile=1.0, lambda_curriculum=1.0, profile={"loop": 1.0, "List": -1.0}, curriculum={"循环": 1.0}
    )
    known = {text: vocabulary.tokenize(text) for text in texts(steering)}
    assert token_biases(steering, known.__getitem__) == token_biases(steering, vocabulary.tokenize)
