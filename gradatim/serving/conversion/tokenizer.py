"""ChatGLM3's SentencePiece model as a fast tokenizer that needs no remote code.

The pieces keep their ids, and text is cut exactly as SentencePiece cuts it. Two things differ on purpose:

* The control tokens `sop` and `eop` are called `<sop>` and `<eop>` (as in the later GLM-4). Fast tokenizers find
  control tokens by their spelling, and the old ones occur within ordinary words ("people").
* The two characters of `GUARD` in a row are dropped from any text. The chat template breaks the spelling of control
  tokens with them where somebody wrote one into a message, so that it reaches the model as the plain text it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from gradatim.errors import InputError, ModelError
from gradatim.serving.conversion.template import CHAT_TEMPLATE_FILE, GUARD, GUARDED, chat_template

MASKS = ("[MASK]", "[gMASK]", "[sMASK]")
SEQUENCE_START = "<sop>"
SEQUENCE_END = "<eop>"
ROLES = ("system", "user", "assistant", "observation")
APPENDED = (*MASKS, SEQUENCE_START, SEQUENCE_END, *(f"<|{role}|>" for role in ROLES))
"""Control tokens after the pieces, in the order of their ids; the published tokenizer numbers them in code."""
PREFIX = ("[gMASK]", SEQUENCE_START)
"""What every text begins with."""
STOPPING_ROLES = ("<|user|>", "<|observation|>")
"""Control tokens that end an answer beside the end of text: the turn goes to somebody else."""

_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6
"""Types of pieces in SentencePiece's `ModelProto`."""
_BPE = 2
_SPACE = "\u2581"
_LONGEST_MODEL = 100_000_000
"""Bytes of a SentencePiece model at most; the published one has one megabyte."""


@dataclass(frozen=True, slots=True)
class TokenizerFacts:
    """What the rest of a conversion has to know of the tokenizer."""

    special: dict[str, int]
    """Ids of all control tokens by their spelling: `<unk>`, `<s>`, `</s>` and those of `APPENDED`."""
    eos_ids: tuple[int, ...]
    """Tokens that end an answer: `</s>`, `<|user|>`, `<|observation|>`."""
    pad_id: int
    """Padding, on the left; the published tokenizer uses `<unk>`."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a SentencePiece BPE model says, as far as ChatGLM3's kind goes."""

    ids: dict[str, int]
    """Id of every piece, the byte and control pieces among them."""
    merged: tuple[str, ...]
    """Pieces of two characters and more, best score first: the order in which text is merged."""
    ordinary: frozenset[str]
    """Pieces that text is cut into."""
    unknown: str
    control: tuple[str, ...]
    end: str
    dummy_prefix: bool
    """Whether text is read as if a space stood before it."""


def convert_tokenizer(model: Path, target: Path, *, padded_vocab_size: int, model_max_length: int) -> TokenizerFacts:
    """Write the fast tokenizer of a ChatGLM3 checkpoint, with its chat template, into a folder.

    Args:
        model: `tokenizer.model` of the checkpoint.
        target: Folder for `tokenizer.json`, `tokenizer_config.json`, `special_tokens_map.json` and
            `chat_template.jinja`; made if it is not there.
        padded_vocab_size: Rows of the embedding (`padded_vocab_size` in `config.json`).
        model_max_length: Tokens of the longest sequence (`seq_length` in `config.json`).

    Raises:
        InputError: The file is not a SentencePiece model, or of a kind that a fast tokenizer would not cut equally.
        ModelError: sentencepiece or tokenizers is missing, or the folder cannot be written.
    """
    pieces = read_pieces(model)
    size = len(pieces.ids) + len(APPENDED)
    if size > padded_vocab_size:
        raise InputError(
            f"{size} pieces and control tokens need more than {padded_vocab_size} embedding rows",
            place=str(model),
            remedy="take tokenizer.model and config.json from the same checkpoint",
        )
    special = {name: pieces.ids[name] for name in (pieces.unknown, *pieces.control)}
    special |= {name: len(pieces.ids) + index for index, name in enumerate(APPENDED)}
    backend = _backend(pieces, special)
    _check_ids(backend, special, model)
    try:
        target.mkdir(parents=True, exist_ok=True)
        backend.save(str(target / "tokenizer.json"))
        _write_json(target / "tokenizer_config.json", _config(pieces, special, model_max_length))
        _write_json(target / "special_tokens_map.json", _special_tokens_map(pieces))
        (target / CHAT_TEMPLATE_FILE).write_text(chat_template(), encoding="utf-8")
    except OSError as error:
        raise ModelError(
            f"the tokenizer cannot be written: {error.strerror or error}",
            place=str(error.filename or target),
            remedy="give a folder that can be written to",
        ) from error
    stopping = tuple(special[name] for name in STOPPING_ROLES)
    return TokenizerFacts(special=special, eos_ids=(special[pieces.end], *stopping), pad_id=special[pieces.unknown])


def read_pieces(model: Path) -> Pieces:
    """Read a SentencePiece model file.

    Raises:
        InputError: As `convert_tokenizer`.
        ModelError: sentencepiece is missing.
    """
    proto = _parsed(model)
    trainer, normaliser = proto.trainer_spec, proto.normalizer_spec
    _require(model, trainer.model_type == _BPE, "it is not a BPE model")
    _require(model, trainer.byte_fallback, "it has no byte fallback")
    _require(model, not trainer.treat_whitespace_as_suffix, "it puts spaces behind words")
    _require(
        model,
        not normaliser.precompiled_charsmap and not normaliser.remove_extra_whitespaces,
        f"it changes text before cutting it (normaliser {normaliser.name!r})",
    )
    _require(model, normaliser.escape_whitespaces, "it does not keep spaces")
    names = [piece.piece for piece in proto.pieces]
    _require(model, len(set(names)) == len(names), "a piece occurs twice")
    kinds = {piece.type for piece in proto.pieces}
    _require(model, kinds <= {_NORMAL, _UNKNOWN, _CONTROL, _BYTE}, "it has pieces of the user's own, or unused ones")
    _require(model, sum(piece.type == _BYTE for piece in proto.pieces) == 256, "it has not one piece for each byte")
    clash = sorted(set(names) & set(APPENDED))
    _require(model, not clash, f"its piece {clash[0] if clash else ''!r} is spelled like a control token")
    ordinary = {piece.piece: float(piece.score) for piece in proto.pieces if piece.type == _NORMAL}
    merged = {piece: score for piece, score in ordinary.items() if len(piece) > 1}
    _require(model, len(set(merged.values())) == len(merged), "two of its pieces have the same score")
    _require(model, not any("\n" in piece for piece in merged), "it joins line breaks with what stands beside them")
    missing = {character for piece in merged for character in piece} - ordinary.keys()
    _require(model, not missing, f"the character {min(missing, default='')!r} occurs in pieces but is none itself")
    control = [piece.piece for piece in proto.pieces if piece.type == _CONTROL]
    _require(model, trainer.eos_piece in control, "it has no piece for the end of text")
    strange = sorted({names[trainer.unk_id], *control} - set(GUARDED))
    _require(model, not strange, f"its control token {strange[0] if strange else ''!r} is unknown to the chat template")
    return Pieces(
        ids={name: index for index, name in enumerate(names)},
        merged=tuple(sorted(merged, key=merged.__getitem__, reverse=True)),
        ordinary=frozenset(ordinary),
        unknown=names[trainer.unk_id],
        control=tuple(control),
        end=trainer.eos_piece,
        dummy_prefix=normaliser.add_dummy_prefix,
    )


def merges(pieces: Pieces) -> list[tuple[str, str]]:
    """Pairs in the order in which they are merged.

    SentencePiece joins whatever two neighbours make the piece of the best score, the leftmost first. All pairs that
    make one piece therefore stand together; among them the one with the longer left side goes first, which is what
    stands further left in a run of equal characters.
    """
    return [
        (piece[:cut], piece[cut:])
        for piece in pieces.merged
        for cut in range(len(piece) - 1, 0, -1)
        if piece[:cut] in pieces.ordinary and piece[cut:] in pieces.ordinary
    ]


def _parsed(model: Path) -> Any:
    """The file as SentencePiece's protobuf message."""
    try:
        if model.stat().st_size > _LONGEST_MODEL:
            raise InputError("the file is too large for a SentencePiece model", place=str(model))
        data = model.read_bytes()
    except OSError as error:
        raise InputError(
            f"the SentencePiece model cannot be read: {error.strerror or error}",
            place=str(model),
            remedy="give the checkpoint's tokenizer.model",
        ) from error
    message = _library("sentencepiece.sentencepiece_model_pb2").ModelProto()
    decode_error: type[Exception] = _library("google.protobuf.message").DecodeError
    try:
        message.ParseFromString(data)
    except decode_error as error:
        raise _unfit(model, "it cannot be parsed") from error
    _require(model, bool(message.pieces), "it has no pieces")
    return message


def _require(model: Path, condition: bool, otherwise: str) -> None:
    if not condition:
        raise _unfit(model, otherwise)


def _unfit(model: Path, why: str) -> InputError:
    return InputError(
        f"this is not a SentencePiece model of ChatGLM3's kind: {why}",
        place=str(model),
        remedy="give the tokenizer.model that belongs to a ChatGLM3 checkpoint (Git LFS pointers have to be resolved)",
    )


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ModelError(
            f"{name.partition('.')[0]} is needed to convert a tokenizer and is not installed",
            remedy='install the extra: pip install "gradatim[serving]"',
        ) from error


def _backend(pieces: Pieces, special: dict[str, int]) -> Any:
    """The tokenizer, as the `tokenizers` library runs it."""
    tokenizers = _library("tokenizers")
    normalizers, decoders, processors = tokenizers.normalizers, tokenizers.decoders, tokenizers.processors
    backend = tokenizers.Tokenizer(
        tokenizers.models.BPE(
            vocab=pieces.ids,
            merges=merges(pieces),
            unk_token=pieces.unknown,
            fuse_unk=False,
            byte_fallback=True,
        )
    )
    steps = [normalizers.Replace(GUARD, "")]
    if pieces.dummy_prefix:
        steps.append(normalizers.Prepend(_SPACE))
    backend.normalizer = normalizers.Sequence([*steps, normalizers.Replace(" ", _SPACE)])
    backend.decoder = decoders.Sequence(
        [
            decoders.Replace(_SPACE, " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            *([decoders.Strip(" ", 1, 0)] if pieces.dummy_prefix else []),
        ]
    )
    backend.add_special_tokens(_added(tokenizers, (pieces.unknown, *pieces.control)))
    backend.add_special_tokens(_added(tokenizers, APPENDED))
    prefix = " ".join(PREFIX)
    backend.post_processor = processors.TemplateProcessing(
        single=f"{prefix} $A",
        pair=f"{prefix} $A $B {pieces.end}",
        special_tokens=[(name, special[name]) for name in (*PREFIX, pieces.end)],
    )
    return backend


def _added(tokenizers: Any, names: Iterable[str]) -> list[Any]:
    """Control tokens; `normalized=False` has them found in the text as it came, before `GUARD` is dropped."""
    return [tokenizers.AddedToken(name, normalized=False, special=True) for name in names]


def _check_ids(backend: Any, special: dict[str, int], model: Path) -> None:
    for name, index in special.items():
        _require(model, backend.token_to_id(name) == index, f"{name} cannot have the id {index}")


def _config(pieces: Pieces, special: dict[str, int], model_max_length: int) -> dict[str, Any]:
    return {
        "added_tokens_decoder": {
            str(index): {
                "content": name,
                "lstrip": False,
                "normalized": False,
                "rstrip": False,
                "single_word": False,
                "special": True,
            }
            for name, index in sorted(special.items(), key=lambda item: item[1])
        },
        "clean_up_tokenization_spaces": False,
        "eos_token": pieces.end,
        "extra_special_tokens": _extra(pieces),
        "model_input_names": ["input_ids", "attention_mask"],
        "model_max_length": model_max_length,
        "pad_token": pieces.unknown,
        "padding_side": "left",
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": pieces.unknown,
    }


def _special_tokens_map(pieces: Pieces) -> dict[str, Any]:
    return {
        "eos_token": pieces.end,
        "extra_special_tokens": _extra(pieces),
        "pad_token": pieces.unknown,
        "unk_token": pieces.unknown,
    }


def _extra(pieces: Pieces) -> Sequence[str]:
    return [*(name for name in pieces.control if name != pieces.end), *APPENDED]


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
