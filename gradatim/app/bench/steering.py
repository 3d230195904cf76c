"""`gradatim bench steering`: what controlled decoding adds to a decoding step.

Both ways in which vLLM hands batches to the plug-in are timed on random logits of ChatGLM3's vocabulary, on the GPU
where there is one, against the softmax over the same logits that every sampler needs, in turns within one run.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures
    from gradatim.serving.steering.rows import Bias

VOCABULARY = 65_024
"""Logits of ChatGLM3-6B."""
TOKENS = 256
"""Steered tokens of a request: some eighty words, three to four first tokens each."""
BATCHES = (1, 32, 256)
ROUNDS = 30
_MICRO = 1e6


def steering(request: BenchRequest) -> Figures:
    """Microseconds of a decoding step with and without steering, by batch size."""
    figures: dict[str, str | int | float | bool | None] = {
        "device": None,
        "vocabulary": VOCABULARY,
        "tokens_per_request": TOKENS,
    }
    try:
        torch: Any = import_module("torch")
    except ModuleNotFoundError:
        request.say("torch is not installed, which vLLM's plug-in works with: pip install gradatim[serving]")
        names = ("without_us", "rows_us", "slots_us", "change_us", "softmax_us", "rows_over_softmax")
        return {**figures, **{f"{name}_{batch}": None for batch in BATCHES for name in names}}
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    figures["device"] = torch.cuda.get_device_name() if device.type == "cuda" else f"{torch.get_num_threads()} threads"
    rounds = min(request.sample or ROUNDS, ROUNDS)
    for batch in BATCHES:
        request.say(f"batch of {batch}: {rounds} rounds")
        for name, value in _measured(torch, device, batch, rounds).items():
            figures[f"{name}_{batch}"] = value
    return figures


def _measured(torch: Any, device: Any, batch: int, rounds: int) -> dict[str, float]:
    from gradatim.serving.steering.rows import SteeredRows, SteeredSlots

    chance = np.random.default_rng(batch)
    biases = [_bias(chance) for _ in range(batch + 1)]
    pin = device.type == "cuda"
    empty, rows, changing = (SteeredRows(device, pin_memory=pin) for _ in range(3))
    rows.update(added=enumerate(biases[:batch]))
    changing.update(added=enumerate(biases[:batch]))
    slots = SteeredSlots(batch, device)
    for slot in range(batch):
        slots.put(slot, biases[slot])
    here = np.arange(batch)
    mapping = torch.arange(batch, dtype=torch.int32, device=device)
    logits = torch.randn(batch, VOCABULARY, device=device)

    def change() -> None:
        changing.update(removed=[0], added=[(0, biases[batch])])
        changing.apply(logits)

    steps: dict[str, Callable[[], object]] = {
        "without": lambda: empty.apply(logits),
        "rows": lambda: rows.apply(logits),
        "slots": lambda: slots.apply(logits, mapping, here),
        "change": change,
        "softmax": lambda: logits.softmax(-1),
    }
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(-2, rounds):  # the first two warm up
        for name, step in steps.items():
            taken = _seconds(torch, pin, step)
            if number >= 0:
                seconds[name].append(taken)
    micro = {name: median(values) * _MICRO for name, values in seconds.items()}
    figures = {f"{name}_us": round(value, 2) for name, value in micro.items()}
    return {**figures, "rows_over_softmax": round(micro["rows"] / micro["softmax"], 4)}


def _seconds(torch: Any, asynchronous: bool, step: Callable[[], object]) -> float:
    if asynchronous:
        torch.cuda.synchronize()
    started = perf_counter()
    step()
    if asynchronous:
        torch.cuda.synchronize()
    return perf_counter() - started


def _bias(chance: np.random.Generator) -> Bias | None:
    from gradatim.serving.steering.rows import Bias

    tokens = chance.choice(VOCABULARY, TOKENS, replace=False)
    return Bias.of(dict(zip(tokens.tolist(), chance.uniform(-2, 2, TOKENS).tolist(), strict=True)))
