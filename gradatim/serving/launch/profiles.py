"""Launch profiles: machines and how vLLM is started on them, as data (`profiles.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from gradatim.errors import InputError

Scalar = str | int | float | bool
Flag = Scalar | list[Scalar] | dict[str, Any]
"""A value of one of vLLM's options: `True` is a bare flag, `False` its `--no-` form, a mapping is JSON."""

Weights = Literal["none", "int8", "int4", "int4-awq", "int4-gptq"]
"""The kind of quantized checkpoint that a profile needs; `int4` takes either of AWQ and GPTQ."""

_BITS: Mapping[Weights, int] = {"int8": 8, "int4": 4, "int4-awq": 4, "int4-gptq": 4}
_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
_QUANTIZATION_GROUP = 128
"""Weights that share a scale in 4-bit checkpoints, as AWQ and GPTQ make them unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Accelerator:
    """One device of a kind."""

    name: str
    title: str
    kind: Literal["cuda", "cpu"]
    memory_gib: float
    """GiB that a process can use."""
    bandwidth_gb_s: float
    """Peak memory bandwidth, 10⁹ bytes a second."""
    tflops: float
    """Peak dense 16-bit arithmetic with 32-bit sums, 10¹² operations a second."""
    source: str
    """Where the figures come from, or that they are assumed."""
    kubernetes: str | None = None
    """Name of the resource that a container asks a Kubernetes node for."""
    product: str | None = None
    """What NVIDIA's feature discovery writes on a node that has it (label `nvidia.com/gpu.product`)."""
    ray: str | None = None
    """What Ray calls it (`accelerator_type`)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A machine, the form of the weights, and vLLM's options for both."""

    name: str
    title: str
    accelerator: Accelerator
    dtype: Literal["bfloat16", "float16", "float32"]
    """Arithmetic and activations."""
    count: int = 1
    """Devices that share one copy of the model (tensor parallel)."""
    weights: Weights = "none"
    steering: bool = True
    """Whether the controlled-decoding plug-in is loaded."""
    flags: Mapping[str, Flag] = field(default_factory=dict[str, Flag])
    """vLLM's options by name, without dashes in front."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Environment variables of the server."""

    @property
    def weight_bits(self) -> float:
        """Bits a weight of a linear layer takes, with its share of scales and zero points."""
        bits = _BITS.get(self.weights)
        if bits is None:
            return 8.0 * _BYTES[self.dtype]
        # int8 has one scale a row, which does not show; 4 bits have a 16-bit scale and a 4-bit zero point a group.
        return float(bits) if bits == 8 else bits + (16 + bits) / _QUANTIZATION_GROUP

    @property
    def activation_bytes(self) -> int:
        """Bytes of one number that is not a quantized weight."""
        return _BYTES[self.dtype]

    @property
    def kv_bytes(self) -> int:
        """Bytes of one number in the KV cache."""
        return 1 if str(self.flags.get("kv-cache-dtype", "auto")).startswith("fp8") else self.activation_bytes

    @property
    def kv_cache_bytes(self) -> int | None:
        """Bytes set aside for the KV cache of each device, where it is not simply what remains."""
        return int(self.number("kv-cache-memory-bytes", 1)) if "kv-cache-memory-bytes" in self.flags else None

    @property
    def utilisation(self) -> float:
        """Share of a device's memory that vLLM takes."""
        return self.number("gpu-memory-utilization", 0.9)

    @property
    def max_sequences(self) -> int:
        """Sequences that are decoded side by side at most."""
        return int(self.number("max-num-seqs", 256))

    @property
    def max_tokens(self) -> int:
        """Tokens of prompt and answer that a sequence may have."""
        return int(self.number("max-model-len", 8192))

    @property
    def batch_tokens(self) -> int:
        """Tokens that one step of the engine reads and writes at most."""
        return int(self.number("max-num-batched-tokens", 8192))

    @property
    def block_tokens(self) -> int:
        """Tokens of one block of the KV cache: the grain in which a prefix is reused."""
        return int(self.number("block-size", 16))

    @property
    def bandwidth_gb_s(self) -> float:
        """Peak memory bandwidth of all devices together, 10⁹ bytes a second."""
        return self.count * self.accelerator.bandwidth_gb_s

    @property
    def tflops(self) -> float:
        """Peak 16-bit arithmetic of all devices together, 10¹² operations a second."""
        return self.count * self.accelerator.tflops

    def number(self, flag: str, default: float) -> float:
        """A numeric option.

        Raises:
            InputError: It was set to something else.
        """
        value = self.flags.get(flag, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise InputError(
                f"{value!r} is no positive number", place=f"profile {self.name}: {flag}", remedy=f"--set {flag}=NUMBER"
            )
        return value


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _AcceleratorData(_Closed):
    title: str
    kind: Literal["cuda", "cpu"]
    memory_gib: Annotated[float, Field(gt=0)]
    bandwidth_gb_s: Annotated[float, Field(gt=0)]
    tflops: Annotated[float, Field(gt=0)]
    source: str
    kubernetes: str | None = None
    product: str | None = None
    ray: str | None = None


class _ProfileData(_Closed):
    title: str
    accelerator: str
    dtype: Literal["bfloat16", "float16", "float32"]
    count: Annotated[int, Field(ge=1)] = 1
    weights: Weights = "none"
    steering: bool = True
    flags: dict[str, Flag] = {}
    environment: dict[str, str] = {}


class _File(_Closed):
    accelerators: dict[str, _AcceleratorData]
    common: dict[str, Flag]
    environment: dict[str, str]
    profiles: dict[str, _ProfileData]


@cache
def load_profiles() -> Mapping[str, Profile]:
    """All packaged profiles by name, in the order of `profiles.yaml`."""
    text = resources.files("gradatim.serving.launch").joinpath("profiles.yaml").read_text(encoding="utf-8")
    file = TypeAdapter(_File).validate_python(yaml.safe_load(text))
    devices = {name: Accelerator(name=name, **data.model_dump()) for name, data in file.accelerators.items()}
    profiles = {
        name: Profile(
            name=name,
            title=data.title,
            accelerator=devices[data.accelerator],
            dtype=data.dtype,
            count=data.count,
            weights=data.weights,
            steering=data.steering,
            flags=MappingProxyType({**file.common, **data.flags, "dtype": data.dtype}),
            environment=MappingProxyType({**file.environment, **data.environment}),
        )
        for name, data in file.profiles.items()
    }
    return MappingProxyType(profiles)
