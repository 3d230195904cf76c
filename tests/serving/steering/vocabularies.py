"""Small real tokenizers of both families, trained on the spot."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TEXT = [
    "the loop runs over the list and the index begins at zero",
    "a while loop ends when its condition is false; the loop may never begin",
    'recursion calls itself until the base case: "loop" or (index) or "list"',
    "a for loop repeats, a function returns, x = loop(index) # list 循环 列表 递归",
    "loops and indices and lists; Loop Index List; loop index list",
] * 40


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A tokenizer and what its tokens look like."""

    tokenize: Callable[[str], list[int]]
    piece: Callable[[int], str]
    """A token's text; a space in front of a word shows as one."""


@cache
def byte_level_tokenizer() -> Tokenizer:
    """As GPT's, with special tokens as chat models have them."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<pad>", "</s>", "<|user|>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT, trainer)
    return tokenizer


@cache
def byte_level() -> Vocabulary:
    tokenizer = byte_level_tokenizer()
    return Vocabulary(
        lambda text: tokenizer.encode(text, add_special_tokens=False).ids, lambda token: tokenizer.decode([token])
    )


@cache
def sentence_piece() -> Vocabulary:
    """As ChatGLM's: a space before the first word, spaces as a letter of their own, bytes for what is unknown."""
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT),
        model_writer=model,
        vocab_size=420,
        model_type="bpe",
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return Vocabulary(lambda text: processor.encode(text), lambda token: processor.id_to_piece(token).replace("▁", " "))
