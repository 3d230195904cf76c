"""Steering as llama.cpp takes it: `logit_bias`, by the ids of the model's own tokens.

llama.cpp adds the biases to the logits before everything else (penalties, top-k, temperature) and lets a grammar rule
tokens out whatever their logits are. Given words instead of ids it would raise every token of a word, not its first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from gradatim.errors import ModelError
from gradatim.serving.steering.requests import take_steering
from gradatim.serving.steering.terms import Steering
from gradatim.serving.steering.tokens import Tokenize, texts, token_biases
from gradatim.serving.transport import Payload

TokenizeMany = Callable[[Sequence[str]], Sequence[Sequence[int]]]
"""Texts → the token ids of each."""

_KEPT = 20_000
"""Texts whose tokens are kept."""
_BETWEEN = -1
"""Stands between texts in one request; no token has this id."""


def native_bias(steering: Steering, tokenize: Tokenize) -> list[list[float]]:
    """`[token, bias]` pairs for llama.cpp's `logit_bias`."""
    return [[token, bias] for token, bias in token_biases(steering, tokenize).items()]


def native_steering(payload: Payload, tokenize_many: TokenizeMany) -> Payload:
    """A payload with its `steering` as llama.cpp takes it; the payload itself where it has none.

    Args:
        payload: A request; a `logit_bias` of its own is added to.
        tokenize_many: The model's own tokenizer (`NativeTokenizer`); not called without steering.

    Raises:
        RequestRefused: The steering cannot be applied (status 400).
    """
    steering, rest = take_steering(payload)
    if steering is None or steering.neutral:
        return rest
    wanted = texts(steering)
    known = dict(zip(wanted, tokenize_many(wanted), strict=True))
    given: Any = rest.get("logit_bias") or []
    if isinstance(given, dict):  # OpenAI's form
        given = [[int(token), bias] for token, bias in cast("dict[str, float]", given).items()]
    # llama.cpp adds up what it is given for the same token.
    return {**rest, "logit_bias": [*given, *native_bias(steering, known.__getitem__)]}


class NativeTokenizer:
    """The tokenizer of a llama.cpp server; tokens of texts asked before are kept.

    Args:
        ask: Method, path and body of a question to the server → its JSON answer.
    """

    def __init__(self, ask: Callable[[str, str, Payload], Mapping[str, Any]]) -> None:
        self._ask = ask
        self._known: OrderedDict[str, tuple[int, ...]] = OrderedDict()

    def __call__(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Token ids of each text, those that mark beginnings, ends and turns never among them.

        Raises:
            ModelError: The server does not answer, or not with tokens.
        """
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            self._known.update(zip(missing, self._tokens(missing), strict=True))
        found = [self._known[text] for text in texts]
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found

    def _tokens(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        # Each text of a list is tokenized by itself; numbers among them are handed through.
        content: list[str | int] = [part for text in texts for part in (text, _BETWEEN)]
        answer = self._ask("POST", "/tokenize", {"content": content, "add_special": False, "parse_special": False})
        found: list[tuple[int, ...]] = []
        current: list[int] = []
        for token in cast("list[int]", answer.get("tokens") or []):
            if token == _BETWEEN:
                found.append(tuple(current))
                current = []
            else:
                current.append(token)
        if len(found) != len(texts):
            raise ModelError(f"the embedded model's tokenizer answers with {str(answer)[:120]}")
        return found
