from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sentencepiece
import tokenizers
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError, ModelError
from gradatim.serving.conversion.template import GUARD, GUARDED, guard
from gradatim.serving.conversion.tokenizer import (
    APPENDED,
    TokenizerFacts,
    convert_tokenizer,
    merges,
    read_pieces,
)
from tests.serving.conversion.pieces import generated_lines

ROWS = 65_024


class Both:
    """A converted tokenizer beside SentencePiece on the same model."""

    def __init__(self, model: Path, folder: Path) -> None:
        self.model = model
        self.folder = folder
        self.facts = convert_tokenizer(model, folder, padded_vocab_size=ROWS, model_max_length=8192)
        self.original: Any = sentencepiece.SentencePieceProcessor(model_file=str(model))
        self.converted = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))

    def ids(self, text: str) -> list[int]:
        return self.converted.encode(text, add_special_tokens=False).ids

    def assert_same(self, lines: Iterable[str]) -> int:
        """Compare ids and decoded text; gives how many lines there were."""
        count, different = 0, list[str]()
        for line in lines:
            count += 1
            expected = self.original.encode(line)
            if self.ids(line) != expected or self.converted.decode(expected) != self.original.decode(expected):
                different.append(line)
        assert different == [], f"{len(different)} of {count} lines differ"
        return count


@pytest.fixture(scope="module")
def both(pieces_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    return Both(pieces_model, tmp_path_factory.mktemp("converted"))


@pytest.fixture(scope="module")
def published(published_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    return Both(published_model, tmp_path_factory.mktemp("published"))


def overlapping(model: Path) -> Iterator[str]:
    """Text in which a piece can be made at two places that share characters, in several surroundings."""
    for piece in read_pieces(model).merged:
        for shift in range(1, len(piece)):
            if piece.startswith(piece[shift:]):
                chain = piece + piece[len(piece) - shift :] * 3
                yield from (before + chain + after for before in ("", "x", piece[0]) for after in ("", piece[:2]))


def test_lines_of_all_kinds_are_cut_and_joined_as_sentencepiece_does(both: Both) -> None:
    assert both.assert_same(generated_lines(4000)) == 4000


def test_pieces_that_overlap_themselves_are_merged_from_the_left(both: Both) -> None:
    assert both.assert_same(overlapping(both.model)) > 1000


def test_published_tokenizer_ten_thousand_lines(published: Both) -> None:
    assert published.assert_same(generated_lines(10_000, seed=17)) == 10_000


def test_published_tokenizer_overlapping_pieces(published: Both) -> None:
    assert published.assert_same(overlapping(published.model)) > 3000


def test_published_tokenizer_has_the_published_ids(published: Both) -> None:
    expected = dict(zip(APPENDED, range(64_789, 64_798), strict=True))
    assert published.facts.special == {"<unk>": 0, "<s>": 1, "</s>": 2} | expected
    assert published.facts.eos_ids == (2, 64_795, 64_797)


@settings(max_examples=400, deadline=None)
@given(text=st.text())
def test_any_text_without_control_tokens_is_cut_as_sentencepiece_does(both: Both, text: str) -> None:
    assume(GUARD not in text and not any(spelling in text for spelling in GUARDED))
    both.assert_same([text])


@settings(max_examples=400, deadline=None)
@given(parts=st.lists(st.one_of(st.sampled_from([*GUARDED, GUARD, *GUARD, "<", "|>", " "]), st.text(max_size=4))))
def test_guarded_text_is_cut_as_sentencepiece_cuts_the_original(both: Both, parts: list[str]) -> None:
    text = "".join(parts)
    assert both.ids(guard(text)) == both.original.encode(text)


def test_lines_exercise_bytes_and_merges(both: Both) -> None:
    """The comparisons above would say little of a model without byte fallback or with short pieces only."""
    used = {index for line in generated_lines(4000) for index in both.original.encode(line)}
    pieces = [both.original.id_to_piece(index) for index in used]
    assert sum(bool(re.fullmatch("<0x..>", piece)) for piece in pieces) > 150
    assert sum(len(piece) > 2 for piece in pieces) > 200
    assert max(map(len, pieces)) >= 8
    assert both.original.unk_id() not in used


def test_control_tokens_follow_the_pieces(both: Both) -> None:
    pieces = both.original.get_piece_size()
    special = both.facts.special
    assert [special[name] for name in ("<unk>", "<s>", "</s>")] == [0, 1, 2]
    assert [special[name] for name in APPENDED] == list(range(pieces, pieces + 9))
    assert set(special) == set(GUARDED)
    assert both.facts == TokenizerFacts(
        special=special, eos_ids=(2, special["<|user|>"], special["<|observation|>"]), pad_id=0
    )
    assert both.converted.get_vocab_size() == pieces + 9


def test_every_text_begins_with_the_prefix(both: Both) -> None:
    prefix = [both.facts.special["[gMASK]"], both.facts.special["<sop>"]]
    assert both.converted.encode("循环 loop").ids == prefix + both.original.encode("循环 loop")
    assert both.converted.encode("").ids == prefix
    pair = both.converted.encode("a", "b").ids
    assert pair == prefix + both.original.encode("a") + both.original.encode("b") + [2]


@pytest.mark.parametrize("word", ["people", "sop", "eop", "sophisticated eopsop", "isopod"])
def test_words_that_contain_the_old_names_of_control_tokens_stay_words(both: Both, word: str) -> None:
    assert both.ids(word) == both.original.encode(word)


def test_pieces_spelled_out_in_text_are_text(both: Both) -> None:
    for text in ("<0x0A>", "<0x41>x", "<0xFF>"):
        assert both.ids(text) == both.original.encode(text)
        assert both.converted.decode(both.ids(text)) == text


def test_long_text(both: Both) -> None:
    both.assert_same(["\n".join(generated_lines(600, seed=5)), " " * 5000, "x" * 5000, "循" * 5000])


@pytest.fixture(scope="module")
def auto(both: Both) -> Any:
    """The folder as transformers loads it, without remote code."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(both.folder, trust_remote_code=False)


def test_transformers_loads_the_folder(both: Both, auto: Any) -> None:
    special = both.facts.special
    assert (auto.eos_token_id, auto.pad_token_id, auto.unk_token_id) == (2, 0, 0)
    assert (auto.padding_side, auto.model_max_length, auto.is_fast) == ("left", 8192, True)
    assert auto.convert_tokens_to_ids(list(special)) == list(special.values())
    assert set(auto.all_special_ids) == set(special.values())
    assert len(auto) == both.original.get_piece_size() + 9
    for line in generated_lines(300, seed=9):
        ids = auto(line)["input_ids"]
        assert ids == [special["[gMASK]"], special["<sop>"], *both.original.encode(line)]
        assert auto.decode(ids, skip_special_tokens=True) == both.original.decode(both.original.encode(line))


def test_transformers_pads_on_the_left(both: Both, auto: Any) -> None:
    batch = auto(["循环", "a much longer line"], padding=True)
    short, long = batch["input_ids"]
    assert len(short) == len(long)
    missing = len(long) - len(both.original.encode("循环")) - 2
    assert short[:missing] == [0] * missing
    assert batch["attention_mask"][0] == [0] * missing + [1] * (len(long) - missing)


def test_transformers_writes_what_it_read(both: Both, auto: Any, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    auto.save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    line = "people say: 你好 <|user|>"
    assert again(line)["input_ids"] == auto(line)["input_ids"]
    assert again.chat_template == auto.chat_template
    assert (again.pad_token_id, again.padding_side) == (0, "left")


def test_conversion_is_deterministic(both: Both, tmp_path: Path) -> None:
    convert_tokenizer(both.model, tmp_path, padded_vocab_size=ROWS, model_max_length=8192)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["chat_template.jinja", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"]
    for name in files:
        assert (tmp_path / name).read_bytes() == (both.folder / name).read_bytes()
    assert "auto_map" not in json.loads((tmp_path / "tokenizer_config.json").read_text())


def test_merges_join_pieces_into_pieces(both: Both) -> None:
    pieces = read_pieces(both.model)
    joined = [left + right for left, right in merges(pieces)]
    assert list(dict.fromkeys(joined)) == list(pieces.merged)
    scores = [both.original.get_score(pieces.ids[piece]) for piece in joined]
    assert scores == sorted(scores, reverse=True)


# ------------------------------------------------------------------------------------------------ what is refused


def rewritten(model: Path, folder: Path, change: Callable[[Any], None]) -> Path:
    """A copy of a model with something changed in its message."""
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.read_bytes())
    change(proto)
    path = folder / "tokenizer.model"
    path.write_bytes(proto.SerializeToString())
    return path


def _unigram(proto: Any) -> None:
    proto.trainer_spec.model_type = 1


def _no_bytes(proto: Any) -> None:
    proto.trainer_spec.byte_fallback = False


def _normalised(proto: Any) -> None:
    proto.normalizer_spec.precompiled_charsmap = b"\x01"


def _squeezed(proto: Any) -> None:
    proto.normalizer_spec.remove_extra_whitespaces = True


def _same_score(proto: Any) -> None:
    first, second = [piece for piece in proto.pieces if len(piece.piece) > 1 and piece.type == 1][:2]
    second.score = first.score


def _defined_by_user(proto: Any) -> None:
    proto.pieces[-1].type = 4


def _clashing(proto: Any) -> None:
    proto.pieces[-1].piece = "<|user|>"


def _unknown_character(proto: Any) -> None:
    next(piece for piece in proto.pieces if piece.type == 1 and len(piece.piece) == 2).piece = "\u07ff\u07fe"


def _other_control(proto: Any) -> None:
    proto.pieces[1].piece = "<begin>"


def _lines_joined(proto: Any) -> None:
    next(piece for piece in proto.pieces if piece.type == 1 and len(piece.piece) == 2).piece = "\nx"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_unigram, "not a BPE model"),
        (_no_bytes, "no byte fallback"),
        (_normalised, "changes text"),
        (_squeezed, "changes text"),
        (_same_score, "same score"),
        (_defined_by_user, "user's own"),
        (_clashing, "spelled like a control token"),
        (_unknown_character, "is none itself"),
        (_other_control, "'<begin>'"),
        (_lines_joined, "line breaks"),
    ],
)
def test_models_of_another_kind_are_refused(
    both: Both, tmp_path: Path, change: Callable[[Any], None], reason: str
) -> None:
    path = rewritten(both.model, tmp_path, change)
    with pytest.raises(InputError, match=re.escape(reason)) as refused:
        convert_tokenizer(path, tmp_path / "out", padded_vocab_size=ROWS, model_max_length=8192)
    assert refused.value.place == str(path)
    assert not (tmp_path / "out").exists()


def test_model_without_dummy_prefix(both: Both, tmp_path: Path) -> None:
    def change(proto: Any) -> None:
        proto.normalizer_spec.add_dummy_prefix = False

    other = Both(rewritten(both.model, tmp_path, change), tmp_path / "out")
    assert other.ids("loop") != both.ids("loop")
    other.assert_same(generated_lines(600))


@pytest.mark.parametrize(
    "content", [b"", b"version https://git-lfs.github.com/spec/v1\noid sha256:12\n", b"\xff\x00\xfe"]
)
def test_files_that_are_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokenizer.model"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a SentencePiece model"):
        convert_tokenizer(path, tmp_path / "out", padded_vocab_size=ROWS, model_max_length=8192)


def test_paths_that_cannot_be_read_or_written(both: Both, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        convert_tokenizer(tmp_path / "missing", tmp_path, padded_vocab_size=ROWS, model_max_length=8192)
    with pytest.raises(InputError, match="cannot be read"):
        convert_tokenizer(tmp_path, tmp_path, padded_vocab_size=ROWS, model_max_length=8192)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ModelError, match="cannot be written"):
        convert_tokenizer(both.model, file, padded_vocab_size=ROWS, model_max_length=8192)


def test_embedding_with_too_few_rows(both: Both, tmp_path: Path) -> None:
    model = Path(shutil.copy(both.model, tmp_path / "tokenizer.model"))
    size = both.original.get_piece_size() + len(APPENDED)
    convert_tokenizer(model, tmp_path / "fits", padded_vocab_size=size, model_max_length=64)
    with pytest.raises(InputError, match="need more than"):
        convert_tokenizer(model, tmp_path / "small", padded_vocab_size=size - 1, model_max_length=64)
