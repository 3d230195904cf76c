"""From words to tokens, the same way for every model and server.

A word is steered where it begins. What its first token is depends on what stands before it, so each word is looked at
after a space, at the start of a text and after a quotation mark (where JSON strings begin), as written and with a
capital first letter; byte-level and SentencePiece vocabularies have different tokens for these. The first token is
found by comparison with the tokens of what stands before it alone, which needs nothing but `tokenize`.

A token's weight in a term:

* a word of `m` tokens gives its first token `weight / m`: that token says only one part in `m` of the word, and other
  words begin with it too;
* of several words that begin with the same token, the largest wish up and the largest wish down are added:
  `max(0, max vᵢ) + min(0, min vᵢ)`. This lies in [-1, 1] and does not depend on the order.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence

from gradatim.serving.steering.terms import Steering

Tokenize = Callable[[str], Sequence[int]]
"""Text → token ids, without special tokens at its ends, special tokens in it read as text where that is possible."""

_BEFORE = ("x ", "", 'x "')
"""What stands before a word: a space, nothing, the quotation mark of a JSON string."""


def token_biases(
    steering: Steering, tokenize: Tokenize, *, never: Container[int] = (), vocabulary: int | None = None
) -> dict[int, float]:
    """What is added to the logit of each token: `λ_p · P + λ_c · C`.

    Args:
        steering: The terms.
        tokenize: The model's own tokenizer.
        never: Tokens that are left alone (special tokens: a word must not end or forge a turn).
        vocabulary: Number of logits; tokens beyond are left out.

    Returns:
        Token → bias in logits, zeros left out, by token.
    """
    biases: dict[int, float] = {}
    for scale, term in steering.scaled():
        if scale:
            for token, weight in token_weights(term, tokenize).items():
                biases[token] = biases.get(token, 0.0) + scale * weight
    return {
        token: bias
        for token, bias in sorted(biases.items())
        if bias and token not in never and (vocabulary is None or 0 <= token < vocabulary)
    }


def token_weights(term: Mapping[str, float], tokenize: Tokenize) -> dict[int, float]:
    """Weight of each token that a word of a term begins with, in [-1, 1]."""
    highest: dict[int, float] = {}
    lowest: dict[int, float] = {}
    for word, weight in term.items():
        for token, parts in beginnings(word, tokenize).items():
            share = weight / parts
            highest[token] = max(highest.get(token, 0.0), share)
            lowest[token] = min(lowest.get(token, 0.0), share)
    return {token: highest[token] + lowest[token] for token in highest}


def beginnings(word: str, tokenize: Tokenize) -> dict[int, int]:
    """First tokens of a word → how many tokens the word then takes (the fewest, if several ways begin alike)."""
    found: dict[int, int] = {}
    blank = _blank(tokenize)
    for form in _forms(word):
        for before in _BEFORE:
            tokens = tokenize(before + form)
            start = max(_common(tokens, tokenize(before)), _common(tokens, tokenize(before.rstrip())))
            while start < len(tokens) and tokens[start] in blank:
                start += 1
            if start < len(tokens):
                first, parts = tokens[start], len(tokens) - start
                found[first] = min(parts, found.get(first, parts))
    return found


def texts(steering: Steering) -> list[str]:
    """Every text that `token_biases` will have tokenized, for tokenizers that are asked once for many."""
    words = {word for scale, term in steering.scaled() if scale for word in term}
    alone = {" ", *(part for before in _BEFORE for part in (before, before.rstrip()))}
    return sorted(alone | {before + form for word in words for form in _forms(word) for before in _BEFORE})


def _blank(tokenize: Tokenize) -> set[int]:
    """Tokens of a space alone; whether a word's first token has the space in it depends on the word."""
    letter, spaced = tokenize("x"), tokenize("x ")
    return {*tokenize(" "), *spaced[_common(letter, spaced) :]}


def _forms(word: str) -> tuple[str, ...]:
    capital = word[0].upper() + word[1:]
    return (word,) if capital == word else (word, capital)


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the common beginning."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
