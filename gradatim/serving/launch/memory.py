"""How much memory a profile needs for a model, and how many sequences fit in what remains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.serving.launch.adapters import Adapter, rank_slots
from gradatim.serving.launch.architecture import Architecture
from gradatim.serving.launch.profiles import Profile

GIB = 1 << 30

CONTEXT_GIB = {"cuda": 1.5, "cpu": 1.5}
"""CUDA context, communication buffers and captured graphs; on a CPU, the interpreter and the libraries. Assumed."""
SAMPLER_COPIES = 4
"""32-bit arrays over the vocabulary that sampling holds at a time (logits, probabilities, sorted values, their
indices). Assumed."""


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """Bytes on each device, and what fits. An estimate: vLLM measures for itself when it starts."""

    total: int
    """What vLLM may take of the device."""
    weights: int
    adapters: int
    """Slots for LoRA adapters."""
    activations: int
    """Peak of one step: hidden states, feed-forward, and the sampler's arrays over the vocabulary."""
    context: int
    """What is there before any model."""
    kv_cache: int
    """What remains for keys and values; negative when the model does not fit."""
    kv_token: int
    """Keys and values of one token."""
    kv_tokens: int
    """Tokens that fit in the KV cache."""
    length: int
    """Tokens of prompt and answer of the sequence that `sequences` speaks of."""
    sequences: int
    """Sequences of `length` tokens that fit side by side, in whole blocks, sharing nothing."""
    concurrency: int
    """Sequences that are decoded side by side: those that fit, at most the profile's limit."""

    @property
    def fits(self) -> bool:
        """Whether a single sequence of `length` tokens fits."""
        return self.sequences >= 1


def estimate(
    profile: Profile, architecture: Architecture, *, length: int = 2048, adapters: Sequence[Adapter] = ()
) -> MemoryEstimate:
    """Split a device's memory by what vLLM will keep in it.

    * weights = (linear layers · bits ÷ 8 + (embedding + output layer + biases and norms) · b) ÷ devices, where b is
      the size of an unquantized number; vLLM leaves embeddings and the output layer unquantized.
    * KV cache a token = 2 · key-value heads on the device · head dimension · layers · bytes of a number.
    * activations = tokens of a step · (4 · hidden + 3 · feed-forward ÷ devices) · b + sequences · vocabulary ·
      4 bytes · `SAMPLER_COPIES`.
    * adapters = slots · greatest rank · Σ over the four linear layers (inputs + outputs) · layers · b.

    Args:
        profile: The machine and vLLM's options.
        architecture: The model.
        length: Tokens of prompt and answer for which concurrency is stated.
        adapters: LoRA adapters that are served.
    """
    devices, number = profile.count, profile.activation_bytes
    linear = architecture.layer_weights * profile.weight_bits / 8
    rest = (architecture.embedding_weights + architecture.small_weights) * number
    weights = int((linear + rest) / devices)
    slots = rank_slots(adapters)
    activations = profile.batch_tokens * (4 * architecture.hidden + 3 * architecture.ffn // devices) * number
    activations += profile.max_sequences * architecture.vocabulary * 4 * SAMPLER_COPIES
    lora = slots * _adapter_row(architecture) * number // devices
    context = int(CONTEXT_GIB[profile.accelerator.kind] * GIB)
    total = int(profile.accelerator.memory_gib * GIB)
    if profile.accelerator.kind == "cuda":
        total = int(total * profile.utilisation)
    kv_cache = total - weights - lora - activations - context
    if profile.kv_cache_bytes is not None:
        kv_cache = min(kv_cache, profile.kv_cache_bytes)
    kv_token = architecture.kv_token_bytes(profile.kv_bytes, devices)
    block = profile.block_tokens
    blocks = max(0, kv_cache) // (kv_token * block)
    sequences = blocks // -(-length // block)
    return MemoryEstimate(
        total=total,
        weights=weights,
        adapters=lora,
        activations=activations,
        context=context,
        kv_cache=kv_cache,
        kv_token=kv_token,
        kv_tokens=blocks * block,
        length=length,
        sequences=sequences,
        concurrency=min(sequences, profile.max_sequences),
    )


def _adapter_row(architecture: Architecture) -> int:
    """Numbers that one rank of an adapter on every linear layer takes: inputs and outputs of each."""
    heads = architecture.heads * architecture.head_dim
    fused = (architecture.heads + 2 * architecture.kv_heads) * architecture.head_dim
    hidden, ffn = architecture.hidden, architecture.ffn
    return architecture.layers * ((hidden + fused) + (heads + hidden) + (hidden + 2 * ffn) + (ffn + hidden))
