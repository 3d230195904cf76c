"""How fast a profile reads prompts and writes tokens: by a roofline, or as somebody measured it.

The roofline (Williams, Waterman and Patterson 2009): a step takes as long as moving its bytes or doing its arithmetic,
whichever takes longer, at the share of the data sheet's peaks that is reached.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gradatim.errors import InputError
from gradatim.serving.launch.architecture import Architecture
from gradatim.serving.launch.profiles import Profile

BANDWIDTH_SHARE = 0.6
"""Share of the peak memory bandwidth that decoding reaches. Assumed."""
ARITHMETIC_SHARE = 0.5
"""Share of the peak arithmetic that reading a prompt reaches. Assumed."""
STEP_SECONDS = {"cuda": 0.0015, "cpu": 0.005}
"""Scheduling, sampling and starting kernels, each step. Assumed."""
REDUCE_SECONDS = 10e-6
"""One all-reduce between devices that share a model, two a layer each step. Assumed; what it carries is not counted."""


class Rates(Protocol):
    """How long the steps of an engine take."""

    def prefill_seconds(self, fresh: float, cached: float) -> float:
        """Reading `fresh` tokens of a prompt after `cached` ones that had been read before."""
        ...

    def step_seconds(self, sequences: float, context: float) -> float:
        """Writing one token in each of `sequences` sequences that look back at `context` tokens."""
        ...


@dataclass(frozen=True)
class Roofline:
    """Rates from a machine's data sheet.

    * step = max((W + B·L·k) ÷ (bandwidth·β), B·(2·(P + E) + 4·l·h·d·L) ÷ (arithmetic·α)) + overhead, with
      W bytes of the layers' weights P and of the output layer E, B sequences, L tokens of context, k bytes of a token
      in the KV caches of all devices, l layers of h heads of d numbers.
    * prefill of T tokens after C = max(T·(2·P + 4·l·h·d·(C + T÷2)) ÷ (arithmetic·α), W ÷ (bandwidth·β) for each
      step of at most `batch_tokens`).

    Attributes:
        profile: The machine.
        architecture: The model.
    """

    profile: Profile
    architecture: Architecture

    def prefill_seconds(self, fresh: float, cached: float) -> float:
        if fresh <= 0:
            return 0.0
        work = fresh * (2 * self.architecture.layer_weights + self._attention * (cached + fresh / 2))
        steps = math.ceil(fresh / self.profile.batch_tokens)
        return max(work / self._arithmetic, steps * self._weight_bytes / self._bandwidth)

    def step_seconds(self, sequences: float, context: float) -> float:
        shape = self.architecture
        moved = self._weight_bytes + sequences * context * self._kv_bytes
        output_layer = shape.vocabulary * shape.hidden
        work = sequences * (2 * (shape.layer_weights + output_layer) + self._attention * context)
        return max(moved / self._bandwidth, work / self._arithmetic) + self._overhead

    @property
    def _bandwidth(self) -> float:
        return self.profile.bandwidth_gb_s * 1e9 * BANDWIDTH_SHARE

    @property
    def _arithmetic(self) -> float:
        return self.profile.tflops * 1e12 * ARITHMETIC_SHARE

    @property
    def _attention(self) -> int:
        """Operations with each token that is looked back at: two products over all heads and layers."""
        return 4 * self.architecture.layers * self.architecture.heads * self.architecture.head_dim

    @property
    def _weight_bytes(self) -> float:
        shape = self.architecture
        unquantized = shape.vocabulary * shape.hidden * self.profile.activation_bytes
        return shape.layer_weights * self.profile.weight_bits / 8 + unquantized

    @property
    def _kv_bytes(self) -> int:
        devices = self.profile.count
        return self.architecture.kv_token_bytes(self.profile.kv_bytes, devices) * devices

    @property
    def _overhead(self) -> float:
        reductions = 2 * self.architecture.layers if self.profile.count > 1 else 0
        return STEP_SECONDS[self.profile.accelerator.kind] + reductions * REDUCE_SECONDS


class MeasuredRates(BaseModel):
    """What somebody measured on a machine of their own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prefill: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """Tokens of prompts read a second."""
    decode: Annotated[
        dict[Annotated[int, Field(ge=1)], Annotated[float, Field(gt=0, allow_inf_nan=False)]], Field(min_length=1)
    ]
    """Sequences side by side → tokens written a second by all of them together."""


@dataclass(frozen=True)
class FittedRates:
    """Rates that go through what was measured.

    With one point the roofline is stretched to meet it; with several, the step is the line a + b·B nearest to them
    (least squares; neither part below zero).
    """

    roofline: Rates
    measured: MeasuredRates

    def prefill_seconds(self, fresh: float, cached: float) -> float:
        return fresh / self.measured.prefill

    def step_seconds(self, sequences: float, context: float) -> float:
        points = [(count, count / rate) for count, rate in self.measured.decode.items()]
        if len(points) == 1:
            ((count, seconds),) = points
            stretch = seconds / self.roofline.step_seconds(count, context)
            return stretch * self.roofline.step_seconds(sequences, context)
        base, slope = _line(points)
        return base + slope * sequences


def _line(points: list[tuple[int, float]]) -> tuple[float, float]:
    """Least squares with both coefficients at least zero."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    if slope <= 0:
        return mean_y, 0.0
    base = mean_y - slope * mean_x
    if base >= 0:
        return base, slope
    return 0.0, sum(x * y for x, y in points) / sum(x * x for x, _ in points)


def read_rates(path: Path, profiles: Mapping[str, Profile]) -> dict[str, MeasuredRates]:
    """Read measured rates: YAML or JSON of `PROFILE: {prefill: TOKENS_A_SECOND, decode: {SEQUENCES: TOKENS_A_SECOND}}`.

    Raises:
        InputError: The file cannot be read, names a profile that there is not, or holds no such rates.
    """
    remedy = "write PROFILE: {prefill: 15000, decode: {1: 80, 64: 3000}}, rates in tokens a second"
    try:
        content: object = yaml.safe_load(path.read_text(encoding="utf-8"))
        rates = TypeAdapter(dict[str, MeasuredRates]).validate_python(content)
    except OSError as error:
        raise InputError(f"the rates cannot be read: {error.strerror or error}", place=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("the rates are not UTF-8 text", place=str(path), remedy=remedy) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError("the rates are not YAML", place=str(path), remedy=remedy) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        place = f"{path}: {where}" if where else str(path)
        raise InputError(first["msg"], place=place, remedy=remedy) from error
    unknown = sorted(set(rates) - set(profiles))
    if unknown:
        raise InputError(
            f"there is no profile {unknown[0]!r}", place=str(path), remedy=f"name some of {', '.join(profiles)}"
        )
    return rates
