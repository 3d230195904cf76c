"""`SteeringProcessor`: the steering of each request, inside vLLM.

Started with `--logits-processors gradatim.serving.steering.plugin:SteeringProcessor`, a vLLM server takes
`"vllm_xargs": {"steering": "<JSON of Steering>"}` with each request. It is named explicitly and is no entry point: that
would load it into every vLLM of an environment that gradatim is installed in.

vLLM has two model runners with an interface each, and decides for itself which one runs: the first keeps a dense
batch and tells what changed, the second keeps slots and tells with each step which rows belong to which. The class is
a processor of both. Words become tokens here, in the engine's process, which has the model's tokenizer; parameters are
checked before, where requests come in, so that a wrong one is answered with 400 and never reaches the engine.

Order in vLLM: the grammar's mask and the request's own `logit_bias` come first, then these biases (before penalties in
the first runner, after them in the second), then temperature, min-p, top-k and top-p. What a mask has set to minus
infinity stays there, since biases are finite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from gradatim.errors import ModelError
from gradatim.serving.steering.rows import Bias, SteeredRows, SteeredSlots
from gradatim.serving.steering.terms import Steering, SteeringError, parse_steering
from gradatim.serving.steering.tokens import Tokenize, token_biases
from gradatim.serving.steering.vllm import ARGUMENT

_KEPT_STEERINGS = 1024
_KEPT_TEXTS = 100_000
_FIRST_RUNNER = "vllm.v1.sample.logits_processor.interface"
_SECOND_RUNNER = "vllm.v1.worker.gpu.sample.logits_processor.interface"


def _interfaces() -> tuple[type, ...]:
    """The classes that this vLLM's runners accept processors by."""
    found: list[type] = []
    for module in (_FIRST_RUNNER, _SECOND_RUNNER):
        try:
            found.append(cast("type", import_module(module).LogitsProcessor))
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] == "vllm" and error.name != "vllm":
                continue  # an older or newer vLLM, which has one runner only
            raise
    if not found:
        raise ModelError("this vLLM has no logits processors that gradatim knows", remedy="install vLLM 0.12 or newer")
    return tuple(found)


if TYPE_CHECKING:

    class _Processor:
        """What the processors of both runners have in common."""

else:

    class _Processor(*_interfaces()):
        pass


class SteeringProcessor(_Processor):
    """Adds each request's steering to its logits.

    Args:
        vllm_config: vLLM's configuration; names the tokenizer and the size of the vocabulary.
        state: The device of the logits (first runner), or the state of the requests (second runner).
        is_pin_memory: Whether copies go through pinned memory (first runner).
    """

    def __init__(self, vllm_config: Any, state: Any, is_pin_memory: bool = False) -> None:
        self._biases = _BiasReader(vllm_config.model_config)
        self._rows = self._slots = None
        if hasattr(state, "max_num_reqs"):
            self._slots = SteeredSlots(state.max_num_reqs, state.device)
        else:
            self._rows = SteeredRows(state, pin_memory=is_pin_memory)

    @classmethod
    def validate_params(cls, sampling_params: Any) -> None:
        """Check a request's steering where it comes in.

        Raises:
            SteeringError: A `ValueError`, which vLLM answers with HTTP 400.
        """
        steering = _given(sampling_params)
        if steering is None or steering.temperature is None or steering.temperature == sampling_params.temperature:
            return
        raise SteeringError(
            f"temperature {steering.temperature:g} is not the request's, {sampling_params.temperature:g}",
            place="steering.temperature",
            remedy="give the temperature as the request's own, beside the messages",
        )

    def is_argmax_invariant(self) -> bool:
        """Never: the most likely token can become another one."""
        return False

    # The first runner's interface.

    def update_state(self, batch_update: Any) -> None:
        """Follow a change of the batch."""
        if batch_update is None or self._rows is None:
            return
        self._rows.update(
            batch_update.removed,
            [(row, self._biases(params)) for row, params, _prompt, _output in batch_update.added],
            [(source, target, direction.name == "SWAP") for source, target, direction in batch_update.moved],
        )

    # The second runner's interface.

    def add_request(self, req_idx: int, sampling_params: Any) -> bool:
        """Take the steering of the request that now has a slot; whether there is any."""
        return self._slots is not None and self._slots.put(req_idx, self._biases(sampling_params))

    def apply_staged_writes(self) -> None:
        """Bring the device up to date before a step."""
        if self._slots is not None:
            self._slots.flush()

    # Both.

    def apply(self, logits: Any, ctx: Any = None) -> Any:
        """Add the biases to a step's logits, of shape (rows, vocabulary), in place."""
        if self._slots is not None:
            return self._slots.apply(logits, ctx.expanded_idx_mapping, ctx.idx_mapping_np)
        assert self._rows is not None
        return self._rows.apply(logits)


class _BiasReader:
    """From a request's parameters to its biases; what several requests have in common is worked out once."""

    def __init__(self, model_config: Any) -> None:
        module: Any = import_module("vllm.tokenizers")
        tokenizer: Any = module.cached_tokenizer_from_config(model_config)
        if tokenizer is None:
            raise ModelError("steering needs the model's tokenizer", remedy="start vLLM without --skip-tokenizer-init")
        added: Mapping[str, int] = tokenizer.get_added_vocab()
        never = frozenset((*tokenizer.all_special_ids, *added.values()))
        vocabulary = int(model_config.get_vocab_size())

        @lru_cache(_KEPT_TEXTS)
        def tokenize(text: str) -> Sequence[int]:
            return tuple(tokenizer.encode(text, add_special_tokens=False))

        @lru_cache(_KEPT_STEERINGS)
        def read(text: str) -> Bias | None:
            return Bias.of(
                token_biases(parse_steering(text), cast("Tokenize", tokenize), never=never, vocabulary=vocabulary)
            )

        self._read = read

    def __call__(self, sampling_params: Any) -> Bias | None:
        arguments: Mapping[str, Any] = sampling_params.extra_args or {}
        text = arguments.get(ARGUMENT)
        return None if text is None else self._read(text)


def _given(sampling_params: Any) -> Steering | None:
    arguments: Mapping[str, Any] = sampling_params.extra_args or {}
    text = arguments.get(ARGUMENT)
    if text is None:
        return None
    if not isinstance(text, str):
        raise SteeringError(
            f"a {type(text).__name__} is no steering", place=f"vllm_xargs.{ARGUMENT}", remedy="give its JSON as text"
        )
    return parse_steering(text)
